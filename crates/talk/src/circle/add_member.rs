//! Adding a member to a circle.

use plauder_model::{CircleLevel, Reason, UserId};
use plauder_store::circles::CircleMember;
use plauder_store::{StoreError, Transaction, accounts, circles};
use thiserror::Error;

use super::{CircleAccessError, CircleActor, CircleView, access};
use crate::refusal::{Refusal, UseCaseError};

/// The kind of a member that is an account: the only one that is supported.
pub const ACCOUNT: i64 = 1;

/// Why a member is not added to a circle.
#[derive(Debug, Error)]
pub enum AddMemberError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] CircleAccessError),
    /// Only accounts can be members.
    #[error("type has to be 1 (an account)")]
    Type,
    /// The account does not exist.
    #[error("userId names nobody on this server")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for AddMemberError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Type => Reason::Value.into(),
            Self::Unknown => Reason::UnknownAccount.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Adds an account to a circle; does nothing if it is a member. Returns the circle as it was before. For moderators,
/// admins and the owner of the circle, and administrators.
pub fn add_member(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
    user_id: &str,
    kind: i64,
) -> Result<(CircleView, CircleMember), AddMemberError> {
    // Accounts are locked before circles, in the same order as when an account is deleted.
    let account = accounts::find(tx, &UserId::key_of(user_id))?;
    let view = access::load_locked(tx, actor, id)?;
    view.require(CircleLevel::Moderator)?;
    if kind != ACCOUNT {
        return Err(AddMemberError::Type);
    }
    let account = account.ok_or(AddMemberError::Unknown)?;
    let circle = view.circle.key;
    if let Some(member) = circles::find_member_by_account(tx, circle, account.id)? {
        return Ok((view, member));
    }
    circles::add_member(tx, circle, account.id, CircleLevel::Member)?;
    let member = circles::find_member_by_account(tx, circle, account.id)?;
    let member = member.ok_or_else(|| StoreError::Impossible("a new member who is not in".to_owned()))?;
    Ok((view, member))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn moderators_and_higher_levels_add_members() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (carla, dora, erik) = (app.user("carla"), app.user("dora"), app.user("erik"));
        app.administrator(&dora);
        let id = app.makes_circle(&alice, "Rowers", &["bob"]);
        app.joins_circle(&id, &carla, CircleLevel::Moderator);
        let try_add = |by: &plauder_store::accounts::Account, who: &'static str, kind: i64| {
            let (by, id) = (by.clone(), id.clone());
            app.try_write(move |tx| add_member(tx, CircleActor::Account(&by), &id, who, kind))
        };
        let access = |result| match result {
            Err(AddMemberError::Access(error)) => Some(error),
            _ => None,
        };
        assert!(
            matches!(access(try_add(&bob, "nobody", 7)), Some(CircleAccessError::Level)),
            "before all else"
        );
        assert!(matches!(access(try_add(&erik, "erik", ACCOUNT)), Some(CircleAccessError::NotFound)));
        assert!(matches!(try_add(&alice, "nobody", 2), Err(AddMemberError::Type)));
        assert!(matches!(try_add(&alice, "nobody", ACCOUNT), Err(AddMemberError::Unknown)));

        app.wind(60);
        let (before, member) = try_add(&carla, "ERIK", ACCOUNT).unwrap();
        assert_eq!((before.circle.population, member.level), (3, CircleLevel::Member));
        assert_eq!((member.user_id.as_str(), member.joined_at), ("erik", 1_600_000_060));
        let (after, again) = try_add(&dora, "erik", ACCOUNT).unwrap();
        assert_eq!((after.circle.population, again), (4, member));
        let (_, of_carla) = try_add(&alice, "carla", ACCOUNT).unwrap();
        assert_eq!(of_carla.level, CircleLevel::Moderator, "who is in keeps their level");
    }
}
