//! Groups: created, changed and deleted by administrators.

pub mod add_member;
pub mod create;
pub mod delete;
pub mod list;
pub mod members;
pub mod remove_member;
pub mod rename;

use plauder_model::Reason;
use plauder_store::StoreError;
use thiserror::Error;

pub use create::create;
pub use delete::delete;
pub use rename::rename;

use crate::refusal::{Refusal, UseCaseError};

/// Why a group is not created, shown, changed or deleted.
#[derive(Debug, Error)]
pub enum GroupError {
    /// The id is not acceptable.
    #[error("Invalid group name")]
    Id,
    /// The display name is not acceptable.
    #[error("displayname has to have 1 to 64 characters, one of them visible and none a control character")]
    DisplayName,
    /// A group of that id exists already.
    #[error("group exists")]
    Exists,
    /// The group does not exist.
    #[error("The requested group could not be found")]
    Unknown,
    /// The group of administrators always exists.
    #[error("The group admin cannot be removed")]
    Admin,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for GroupError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Id => Reason::IdFormat.into(),
            Self::DisplayName => Reason::DisplayName.into(),
            Self::Exists => Reason::Exists.into(),
            Self::Unknown => Reason::UnknownGroup.into(),
            Self::Admin => Reason::Protected.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use plauder_store::groups;

    use super::*;
    use crate::testing::App;

    #[test]
    fn a_group_is_created_renamed_and_deleted() {
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
