//! Groups: made, changed and removed by administrators.

use plauder_model::GroupId;
use plauder_store::{StoreError, Transaction, groups};
use thiserror::Error;

/// Why a group cannot be made, changed or removed.
#[derive(Debug, Error)]
pub enum GroupError {
    /// It cannot be called so.
    #[error("Invalid group name")]
    Id,
    /// It cannot be shown under that name.
    #[error("displayname has to have 1 to 64 characters, one of them visible and none a control character")]
    DisplayName,
    /// There is one of that id.
    #[error("group exists")]
    Exists,
    /// There is none of that id.
    #[error("The requested group could not be found")]
    Unknown,
    /// It is the group of administrators, which is always there.
    #[error("The group admin cannot be removed")]
    Admin,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a group without members, shown under its id where `display_name` is empty.
pub fn create(tx: &mut Transaction<'_>, id: &str, display_name: &str) -> Result<(), GroupError> {
    let id = GroupId::parse(id).ok_or(GroupError::Id)?;
    let shown = if display_name.trim().is_empty() { id.as_str() } else { display_name };
    let shown = plauder_model::person::display_name(shown).ok_or(GroupError::DisplayName)?;
    groups::insert(tx, &id, shown)?.ok_or(GroupError::Exists)?;
    Ok(())
}

/// Changes the name that people see.
pub fn rename(tx: &mut Transaction<'_>, id: &str, display_name: &str) -> Result<(), GroupError> {
    let group = groups::find(tx, id)?.ok_or(GroupError::Unknown)?;
    let shown = plauder_model::person::display_name(display_name).ok_or(GroupError::DisplayName)?;
    Ok(groups::rename(tx, &group, shown)?)
}

/// Removes a group; its members stay, and so do the conversations that were made for it.
pub fn delete(tx: &mut Transaction<'_>, id: &str) -> Result<(), GroupError> {
    if id == GroupId::ADMIN {
        return Err(GroupError::Admin);
    }
    let group = groups::find(tx, id)?.ok_or(GroupError::Unknown)?;
    Ok(groups::delete(tx, group.key)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn made_renamed_and_removed() {
        let app = App::new();
        app.write(|tx| create(tx, " crew ", ""));
        app.write(|tx| rename(tx, "crew", "The crew"));
        assert_eq!(app.write(|tx| groups::search(tx, "THE", 10, 0))[0].0.display_name, "The crew");
        assert!(matches!(app.try_write(|tx| create(tx, "crew", "")), Err(GroupError::Exists)));
        for blank in [" ", "\u{200b}"] {
            assert!(matches!(app.try_write(move |tx| create(tx, blank, "")), Err(GroupError::Id)));
            assert!(matches!(
                app.try_write(move |tx| rename(tx, "crew", blank)),
                Err(GroupError::DisplayName)
            ));
        }
        assert!(matches!(app.try_write(|tx| create(tx, "x", "a\tb")), Err(GroupError::DisplayName)));
        assert!(matches!(app.try_write(|tx| delete(tx, "admin")), Err(GroupError::Admin)));
        app.write(|tx| delete(tx, "crew"));
        assert!(matches!(app.try_write(|tx| delete(tx, "crew")), Err(GroupError::Unknown)));
        assert!(matches!(app.try_write(|tx| rename(tx, "crew", "x")), Err(GroupError::Unknown)));
    }
}
