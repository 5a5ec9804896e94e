//! Removing a guest from a conversation.

use plauder_model::{ActorKind, Reason, Token};
use plauder_store::{StoreError, Transaction, attendees};
use thiserror::Error;

use super::remove_attendee;
use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};

/// Why a guest is not removed.
#[derive(Debug, Error)]
pub enum RemoveGuestError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The session does not exist.
    #[error("participant is no session in this conversation")]
    Unknown,
    /// Guests cannot remove themselves: they leave by going offline.
    #[error("You cannot remove yourself")]
    Oneself,
    /// The session belongs to an account.
    #[error("participant is not the session of a guest")]
    NotGuest,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for RemoveGuestError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Unknown => Reason::UnknownParticipant.into(),
            Self::Oneself => Reason::Oneself.into(),
            Self::NotGuest => Reason::NotGuest.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Removes the guest with the session `session_id`. For owners, moderators and guest moderators.
pub fn remove(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    session_id: &str,
) -> Result<(), RemoveGuestError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Moderate)?;
    let target = attendees::find_by_session(tx, access.conversation.id, session_id)?;
    let target = target.ok_or(RemoveGuestError::Unknown)?;
    if target.id == access.attendee.id {
        return Err(RemoveGuestError::Oneself);
    }
    if target.kind != ActorKind::Guest {
        return Err(RemoveGuestError::NotGuest);
    }
    remove_attendee(tx, &access.conversation, &target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::promote::{PromotionTarget, demote, promote};
    use crate::testing::{App, caller_of};

    #[test]
    fn guests_are_promoted_demoted_and_removed_by_their_session() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.joins(&bob, &room);
        let (one, two) = (app.guest(&room), app.guest(&room));
        let session = |caller: &Caller| app.sees(caller, &room).session_id();
        let try_remove = |by: &Caller, session: String| {
            let (by, room) = (by.clone(), room.clone());
            app.try_write(move |tx| remove(tx, &by, &room, &session))
        };
        let alice = caller_of(&alice);
        let refused = try_remove(&one, session(&two));
        assert!(matches!(refused, Err(RemoveGuestError::Access(AccessError::NotModerator))));
        assert!(matches!(try_remove(&alice, "nobody's".into()), Err(RemoveGuestError::Unknown)));
        let of_bob = session(&caller_of(&bob));
        assert!(matches!(try_remove(&alice, of_bob.clone()), Err(RemoveGuestError::NotGuest)));

        let (moderator, token, target) = (alice.clone(), room.clone(), PromotionTarget::Guest(session(&one)));
        app.write({
            let (moderator, token, target) = (moderator.clone(), token.clone(), target.clone());
            move |tx| promote(tx, &moderator, &token, &target)
        });
        let wrong_kind = PromotionTarget::Guest(of_bob);
        let refused = app.try_write({
            let (moderator, token) = (moderator.clone(), token.clone());
            move |tx| promote(tx, &moderator, &token, &wrong_kind)
        });
        assert!(matches!(refused, Err(crate::participant::promote::PromoteError::ParticipantType)));
        assert!(matches!(try_remove(&one, session(&one)), Err(RemoveGuestError::Oneself)));
        try_remove(&one, session(&two)).unwrap();
        app.write(move |tx| demote(tx, &moderator, &token, &target));
        let seen = app.sees(&one, &room);
        assert_eq!((seen.own().participant_type.number(), seen.content().guests), (4, 1));
    }
}
