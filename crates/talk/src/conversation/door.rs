//! Who may stand where in a conversation: found or not, with a seat or not, moderator or not, in this order.

use plauder_model::{ActorRef, ConversationId, ReadOnly, Timestamp, Token};
use plauder_store::accounts::Account;
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, attendees, conversations};
use thiserror::Error;

use crate::Caller;

/// Why somebody does not get to where they want.
#[derive(Debug, Error)]
pub enum DoorError {
    /// There is no such conversation, or not for them.
    #[error("The conversation could not be found")]
    NotFound,
    /// They are no moderator there, or not of the kind that is needed.
    #[error("This needs moderator permissions")]
    NotModerator,
    /// They wait in the lobby.
    #[error("The lobby is closed to all but moderators")]
    Lobby,
    /// Nobody may write or call.
    #[error("The conversation is read-only")]
    ReadOnly,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A conversation from a seat in it.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) conversation: Conversation,
    pub(crate) attendee: Attendee,
}

/// Takes the caller to their seat. In a transaction that may write, the conversation is nobody else's to change until
/// it ends.
pub(crate) fn enter(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<Seat, DoorError> {
    if matches!(caller, Caller::Nobody) {
        return Err(DoorError::NotFound);
    }
    let conversation = conversations::lock(tx, token)?.ok_or(DoorError::NotFound)?;
    let attendee = seat_of(tx, conversation.id, caller)?.ok_or(DoorError::NotFound)?;
    Ok(Seat { conversation, attendee })
}

/// Takes an account to its seat, as [`enter`] does.
pub(crate) fn enter_account(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
) -> Result<Seat, DoorError> {
    let conversation = conversations::lock(tx, token)?.ok_or(DoorError::NotFound)?;
    let attendee = attendees::find(tx, conversation.id, account.id)?.ok_or(DoorError::NotFound)?;
    Ok(Seat { conversation, attendee })
}

/// The caller's seat in a conversation, if they have one.
pub(crate) fn seat_of(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    caller: &Caller,
) -> Result<Option<Attendee>, StoreError> {
    match caller {
        Caller::Account(signed_in) => attendees::find(tx, conversation, signed_in.account.id),
        Caller::Guest(key) => attendees::find_guest(tx, conversation, key),
        Caller::Nobody => Ok(None),
    }
}

/// Who somebody is in what is told of them.
pub(crate) fn who(attendee: &Attendee) -> ActorRef<'_> {
    attendee.actor()
}

impl Seat {
    /// Who sits in it.
    pub(crate) fn who(&self) -> ActorRef<'_> {
        who(&self.attendee)
    }

    /// Goes on for moderators only, guests among them.
    pub(crate) fn of_moderator(self) -> Result<Self, DoorError> {
        if self.attendee.rank.is_moderator() { Ok(self) } else { Err(DoorError::NotModerator) }
    }

    /// Goes on for owners and moderators with an account only.
    pub(crate) fn of_signed_in_moderator(self) -> Result<Self, DoorError> {
        if self.attendee.rank.is_signed_in_moderator() { Ok(self) } else { Err(DoorError::NotModerator) }
    }

    /// Goes on for whom the lobby does not keep waiting.
    pub(crate) fn beyond_lobby(self, now: Timestamp) -> Result<Self, DoorError> {
        if self.conversation.keeps_waiting(self.attendee.rank, now) {
            Err(DoorError::Lobby)
        } else {
            Ok(self)
        }
    }

    /// Goes on where people may write and call.
    pub(crate) fn writable(self) -> Result<Self, DoorError> {
        if self.conversation.read_only == ReadOnly::Off { Ok(self) } else { Err(DoorError::ReadOnly) }
    }
}
