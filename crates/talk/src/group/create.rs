//! Creating a group.

use plauder_model::{GroupId, person};
use plauder_store::{Transaction, groups};

use super::GroupError;

/// Creates a group without members. If `display_name` is empty, the id is shown.
pub fn create(tx: &mut Transaction<'_>, id: &str, display_name: &str) -> Result<(), GroupError> {
    let id = GroupId::parse(id).ok_or(GroupError::Id)?;
    let display_name = if display_name.trim().is_empty() { id.as_str() } else { display_name };
    let display_name = person::display_name(display_name).ok_or(GroupError::DisplayName)?;
    groups::insert(tx, &id, display_name)?.ok_or(GroupError::Exists)?;
    Ok(())
}
