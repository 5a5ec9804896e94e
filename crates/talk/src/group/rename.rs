//! Changing the name of a group.

use plauder_model::person;
use plauder_store::{Transaction, groups};

use super::GroupError;

/// Changes the name that people see.
pub fn rename(tx: &mut Transaction<'_>, id: &str, display_name: &str) -> Result<(), GroupError> {
    let group = groups::find(tx, id)?.ok_or(GroupError::Unknown)?;
    let display_name = person::display_name(display_name).ok_or(GroupError::DisplayName)?;
    Ok(groups::rename(tx, &group, display_name)?)
}
