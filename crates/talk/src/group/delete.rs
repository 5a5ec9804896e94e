//! Deleting a group.

use plauder_model::GroupId;
use plauder_store::{Transaction, groups};

use super::GroupError;

/// Deletes a group; its members stay, and so do the conversations that were created for it.
pub fn delete(tx: &mut Transaction<'_>, id: &str) -> Result<(), GroupError> {
    if id == GroupId::ADMIN {
        return Err(GroupError::Admin);
    }
    let group = groups::find(tx, id)?.ok_or(GroupError::Unknown)?;
    Ok(groups::delete(tx, group.key)?)
}
