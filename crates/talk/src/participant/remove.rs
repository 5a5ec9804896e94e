//! Removing a participant from a conversation.

use plauder_model::{
    ActorRef, ConversationId, ConversationType, EmailAddress, ParticipantType, Reason, SystemMessage, Token,
    UserId,
};
use plauder_store::attendees::Attendee;
use plauder_store::{StoreError, Transaction, accounts, attendees, messages};
use thiserror::Error;

use super::leave::{LeaveRoomError, leave};
use super::remove_attendee;
use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};

/// Why a participant is not removed.
#[derive(Debug, Error)]
pub enum RemoveParticipantError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The participants of a one-to-one conversation cannot be removed.
    #[error("Nobody can be removed from a conversation of this type")]
    Type,
    /// The participant does not exist.
    #[error("participant names nobody in this conversation")]
    Unknown,
    /// Owners cannot be removed.
    #[error("An owner cannot be removed")]
    Owner,
    /// Callers who remove themselves leave, which is refused.
    #[error(transparent)]
    Leave(#[from] LeaveRoomError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for RemoveParticipantError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Type => Reason::RoomType.into(),
            Self::Unknown => Reason::UnknownParticipant.into(),
            Self::Owner => Reason::Owner.into(),
            Self::Leave(error) => error.refusal(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Removes the participant with the account id `who`, or else with the address `who`. For owners, moderators and guest
/// moderators; callers who name themselves leave.
pub fn remove(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    who: &str,
) -> Result<(), RemoveParticipantError> {
    let access = Access::load_locked(tx, caller, token)?;
    if let Some(account) = caller.account().filter(|a| UserId::key_of(who) == UserId::key_of(&a.user_id)) {
        return Ok(leave(tx, account, token)?);
    }
    access.require(Capability::Moderate)?;
    if access.conversation.kind == ConversationType::OneToOne {
        return Err(RemoveParticipantError::Type);
    }
    let target = find(tx, access.conversation.id, who)?.ok_or(RemoveParticipantError::Unknown)?;
    if target.participant_type == ParticipantType::Owner {
        return Err(RemoveParticipantError::Owner);
    }
    remove_attendee(tx, &access.conversation, &target)?;
    if let Some(account) = target.account {
        let (system_message, removed) = (SystemMessage::UserRemoved, Some(ActorRef::Account(account)));
        messages::insert_system_message(tx, &access.conversation, access.actor(), &system_message, removed)?;
    }
    Ok(())
}

/// The attendee with the account id or the address `who`.
fn find(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    who: &str,
) -> Result<Option<Attendee>, StoreError> {
    if let Some(account) = accounts::find(tx, &UserId::key_of(who))?
        && let Some(attendee) = attendees::find(tx, conversation, account.id)?
    {
        return Ok(Some(attendee));
    }
    match EmailAddress::parse(who) {
        Some(address) => attendees::find_address(tx, conversation, &address),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::Account;

    use super::*;
    use crate::participant::promote::{PromotionTarget, promote};
    use crate::testing::{App, caller_of};

    #[test]
    fn moderators_remove_all_but_owners_and_everybody_leaves() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_group(&alice, "Room");
        for friend in ["bob", "carla"] {
            app.adds(&alice, &room, friend);
        }
        let caller = caller_of(&alice);
        let token = room.clone();
        app.write(move |tx| promote(tx, &caller, &token, &PromotionTarget::Account("bob".into())));
        let try_remove = |by: &Account, token: &Token, who: &'static str| {
            let (caller, token) = (caller_of(by), token.clone());
            app.try_write(move |tx| remove(tx, &caller, &token, who))
        };
        assert!(matches!(
            try_remove(&carla, &room, "bob"),
            Err(RemoveParticipantError::Access(AccessError::NotModerator))
        ));
        assert!(matches!(try_remove(&bob, &room, "alice"), Err(RemoveParticipantError::Owner)));
        assert!(matches!(try_remove(&bob, &room, "nobody"), Err(RemoveParticipantError::Unknown)));
        try_remove(&bob, &room, "carla").unwrap();
        assert!(app.lists(&carla).is_empty());
        assert_eq!(app.lists(&alice)[0].last_message().message, "{actor} removed {user}");
        assert!(matches!(try_remove(&bob, &room, "carla"), Err(RemoveParticipantError::Unknown)));
        try_remove(&bob, &room, "BOB").unwrap();
        assert_eq!(app.lists(&alice)[0].last_message().message, "{actor} left the conversation");

        let pair = app.makes_one_to_one(&alice, "bob");
        assert!(matches!(try_remove(&alice, &pair, "bob"), Err(RemoveParticipantError::Type)));
    }
}
