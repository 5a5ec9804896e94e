//! Leaving a conversation.

use plauder_model::{ConversationType, Reason, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, attendees, messages};
use thiserror::Error;

use super::remove_attendee;
use crate::access::{Access, AccessError};
use crate::conversation::delete;
use crate::refusal::{Refusal, UseCaseError};

/// Why an account cannot leave.
#[derive(Debug, Error)]
pub enum LeaveRoomError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The last moderator cannot leave the others.
    #[error("The last moderator has to stay while others are in the conversation")]
    LastModerator,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for LeaveRoomError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::LastModerator => Reason::LastModerator.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Removes the account from a conversation. When the last member leaves, the conversation is deleted, even if guests or
/// self-joined accounts are in it; a one-to-one conversation stays for the other account.
pub fn leave(tx: &mut Transaction<'_>, account: &Account, token: &Token) -> Result<(), LeaveRoomError> {
    let access = Access::load_locked(tx, account, token)?;
    let Access { conversation, attendee, .. } = &access;
    let is_transient = attendee.participant_type.is_transient();
    if !is_transient && !attendees::has_other_members(tx, conversation.id, attendee)? {
        return Ok(delete::delete_unchecked(tx, conversation.id)?);
    }
    let is_pair = conversation.kind == ConversationType::OneToOne;
    if conversation.has_only_moderator(attendee.participant_type) && !is_pair {
        return Err(LeaveRoomError::LastModerator);
    }
    let is_there = remove_attendee(tx, conversation, attendee)?;
    // There is no system message for leaving one-to-one conversations, nor for self-joined accounts.
    if is_there && !is_pair && !is_transient {
        let system_message = SystemMessage::UserRemoved;
        messages::insert_system_message(
            tx,
            conversation,
            access.actor(),
            &system_message,
            Some(access.actor()),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_store::conversations;

    use super::*;
    use crate::testing::App;

    fn try_leave(app: &App, account: &Account, token: &Token) -> Result<(), LeaveRoomError> {
        let (account, token) = (account.clone(), token.clone());
        app.try_write(move |tx| leave(tx, &account, &token))
    }

    #[test]
    fn the_last_moderator_cannot_leave() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        assert!(matches!(try_leave(&app, &alice, &room), Err(LeaveRoomError::LastModerator)));
        try_leave(&app, &bob, &room).unwrap();
        assert!(app.lists(&bob).is_empty());
        let system_message = app.lists(&alice)[0].last_message();
        assert_eq!(
            (system_message.message.as_str(), system_message.actor.id.as_str()),
            ("{actor} left the conversation", "bob")
        );
        assert!(matches!(try_leave(&app, &bob, &room), Err(LeaveRoomError::Access(AccessError::NotFound))));
        try_leave(&app, &alice, &room).unwrap();
        assert_eq!(app.write(move |tx| conversations::find(tx, &room)), None, "nobody was left in it");
    }

    #[test]
    fn a_one_to_one_conversation_is_left_and_found_again() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let pair = app.makes_one_to_one(&alice, "bob");
        let before = app.lists(&bob).remove(0);
        try_leave(&app, &alice, &pair).unwrap();
        assert!(app.lists(&alice).is_empty());
        assert_eq!(app.lists(&bob), [before], "the other one is not told");
        assert_eq!(app.makes_one_to_one(&alice, "bob"), pair);
        let back = app.lists(&alice).remove(0);
        assert_eq!(back.content().last_read_message, back.last_message().id);
        for account in [&bob, &alice] {
            try_leave(&app, account, &pair).unwrap();
        }
        assert_eq!(app.write(move |tx| conversations::find(tx, &pair)), None);
    }
}
