//! Removing a member from a circle, or leaving it.

use plauder_model::{CircleLevel, Reason};
use plauder_store::{StoreError, Transaction, circles};
use thiserror::Error;

use super::{CircleAccessError, CircleActor, access};
use crate::refusal::{Refusal, UseCaseError};

/// Why a member is not removed from a circle.
#[derive(Debug, Error)]
pub enum RemoveMemberError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] CircleAccessError),
    /// The member does not exist.
    #[error("Member not found")]
    Unknown,
    /// The owner cannot be removed while there are other members.
    #[error("The owner cannot leave while others are in the circle")]
    Owner,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for RemoveMemberError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Unknown => Reason::UnknownParticipant.into(),
            Self::Owner => Reason::Owner.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Ends the membership with the id `member`. Members may end their own. Moderators, admins and the owner may end those
/// of a lower level, administrators all. A circle without members is deleted.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
    member: &str,
) -> Result<(), RemoveMemberError> {
    let view = access::load_locked(tx, actor, id)?;
    let member = circles::find_member(tx, view.circle.key, member)?.ok_or(RemoveMemberError::Unknown)?;
    let circle = &view.circle;
    let may_remove = view.is_administered
        || circle.viewer.as_ref().is_some_and(|own| {
            let is_above = own.level.includes(CircleLevel::Moderator) && !member.level.includes(own.level);
            own.id == member.id || is_above
        });
    if !may_remove {
        return Err(CircleAccessError::Level.into());
    }
    if member.level != CircleLevel::Owner {
        return Ok(circles::remove_member(tx, circle.key, member.account)?);
    }
    if circle.population > 1 {
        return Err(RemoveMemberError::Owner);
    }
    Ok(circles::delete(tx, circle.key)?)
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::Account;

    use super::*;
    use crate::testing::App;

    struct Fixture {
        app: App,
        id: String,
    }

    impl Fixture {
        fn member_id(&self, who: &Account) -> String {
            let id = self.id.clone();
            let (_, members) =
                self.app.write(move |tx| super::super::members::members(tx, CircleActor::CommandLine, &id));
            members.into_iter().find(|one| one.account == who.id).map(|one| one.id).unwrap_or_default()
        }

        fn removes(&self, by: &Account, who: &Account) -> Result<(), RemoveMemberError> {
            let (by, id, member) = (by.clone(), self.id.clone(), self.member_id(who));
            self.app.try_write(move |tx| remove_member(tx, CircleActor::Account(&by), &id, &member))
        }
    }

    #[test]
    fn members_leave_and_are_removed_from_a_circle() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (carla, dora, erik) = (app.user("carla"), app.user("dora"), app.user("erik"));
        app.administrator(&erik);
        let id = app.makes_circle(&alice, "Rowers", &["bob"]);
        app.joins_circle(&id, &carla, CircleLevel::Moderator);
        app.joins_circle(&id, &dora, CircleLevel::Moderator);
        let fixture = Fixture { app, id };
        let level = |result| matches!(result, Err(RemoveMemberError::Access(CircleAccessError::Level)));
        assert!(level(fixture.removes(&bob, &carla)));
        assert!(level(fixture.removes(&carla, &dora)), "of the same level");
        assert!(level(fixture.removes(&carla, &alice)));
        assert!(matches!(fixture.removes(&alice, &erik), Err(RemoveMemberError::Unknown)));
        assert!(matches!(fixture.removes(&alice, &alice), Err(RemoveMemberError::Owner)));
        assert!(matches!(fixture.removes(&erik, &alice), Err(RemoveMemberError::Owner)));

        fixture.removes(&carla, &bob).unwrap();
        assert!(matches!(
            fixture.removes(&bob, &carla),
            Err(RemoveMemberError::Access(CircleAccessError::NotFound))
        ));
        fixture.removes(&carla, &carla).unwrap();
        fixture.removes(&erik, &dora).unwrap();
        fixture.removes(&alice, &alice).unwrap();
        assert_eq!(fixture.app.write(|tx| circles::list(tx, None)), [], "nobody is left in it");
    }
}
