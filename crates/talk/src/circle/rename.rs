//! Renaming a circle.

use plauder_model::person::display_name;
use plauder_model::{CircleLevel, Reason};
use plauder_store::{StoreError, Transaction, circles};
use thiserror::Error;

use super::{CircleAccessError, CircleActor, CircleView, access};
use crate::refusal::{Refusal, UseCaseError};

/// Why a circle is not renamed.
#[derive(Debug, Error)]
pub enum RenameCircleError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] CircleAccessError),
    /// The name is not acceptable.
    #[error("value has to have 1 to 64 characters, one of them visible and none a control character")]
    Name,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for RenameCircleError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Name => Reason::DisplayName.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Renames a circle; conversations that were created for it keep their names. For its owner, its admins and
/// administrators.
pub fn rename(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
    name: &str,
) -> Result<CircleView, RenameCircleError> {
    let mut view = access::load_locked(tx, actor, id)?;
    view.require(CircleLevel::Admin)?;
    let name = display_name(name).ok_or(RenameCircleError::Name)?;
    circles::rename(tx, view.circle.key, name)?;
    name.clone_into(&mut view.circle.name);
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn circles_are_renamed_by_owner_admins_and_administrators() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (carla, dora, erik) = (app.user("carla"), app.user("dora"), app.user("erik"));
        app.administrator(&dora);
        let id = app.makes_circle(&alice, "Rowers", &[]);
        app.joins_circle(&id, &bob, CircleLevel::Moderator);
        app.joins_circle(&id, &carla, CircleLevel::Admin);
        let try_rename = |account: &plauder_store::accounts::Account, name: &'static str| {
            let (account, id) = (account.clone(), id.clone());
            app.try_write(move |tx| rename(tx, CircleActor::Account(&account), &id, name))
        };
        for (who, name) in [(&alice, "Paddlers"), (&carla, " Sailors "), (&dora, "Swimmers")] {
            assert_eq!(try_rename(who, name).unwrap().circle.name, name.trim());
            assert_eq!(app.write(|tx| circles::list(tx, None))[0].name, name.trim());
        }
        let access = |result| match result {
            Err(RenameCircleError::Access(error)) => Some(error),
            _ => None,
        };
        assert!(
            matches!(access(try_rename(&bob, "")), Some(CircleAccessError::Level)),
            "before the name is looked at"
        );
        assert!(matches!(access(try_rename(&erik, "x")), Some(CircleAccessError::NotFound)));
        assert!(matches!(try_rename(&alice, " "), Err(RenameCircleError::Name)));
    }
}
