//! The members of a group.

use plauder_store::{Transaction, groups};

use super::GroupError;

/// The ids of the accounts in the group `id`, ordered by id.
pub fn list(tx: &mut Transaction<'_>, id: &str) -> Result<Vec<String>, GroupError> {
    let group = groups::find(tx, id)?.ok_or(GroupError::Unknown)?;
    Ok(groups::list_members(tx, group.key)?)
}
