//! Who may stand where in a conversation: found or not, with a seat or not, moderator or not, in this order.

use plauder_model::Token;
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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A conversation from a seat in it.
#[derive(Debug)]
pub(crate) struct Seat<'a> {
    pub(crate) conversation: Conversation,
    pub(crate) attendee: Attendee,
    pub(crate) account: &'a Account,
}

/// Takes the caller to their seat. In a transaction that may write, the conversation is nobody else's to change until
/// it ends.
pub(crate) fn enter<'a>(
    tx: &mut Transaction<'_>,
    caller: &'a Caller,
    token: &Token,
) -> Result<Seat<'a>, DoorError> {
    enter_account(tx, caller.account().ok_or(DoorError::NotFound)?, token)
}

/// Takes an account to its seat, as [`enter`] does.
pub(crate) fn enter_account<'a>(
    tx: &mut Transaction<'_>,
    account: &'a Account,
    token: &Token,
) -> Result<Seat<'a>, DoorError> {
    let conversation = conversations::lock(tx, token)?.ok_or(DoorError::NotFound)?;
    let attendee = attendees::find(tx, conversation.id, account.id)?.ok_or(DoorError::NotFound)?;
    Ok(Seat { conversation, attendee, account })
}

impl Seat<'_> {
    /// Goes on for moderators only, guests among them.
    pub(crate) fn of_moderator(self) -> Result<Self, DoorError> {
        if self.attendee.rank.is_moderator() { Ok(self) } else { Err(DoorError::NotModerator) }
    }

    /// Goes on for owners and moderators with an account only.
    pub(crate) fn of_signed_in_moderator(self) -> Result<Self, DoorError> {
        if self.attendee.rank.is_signed_in_moderator() { Ok(self) } else { Err(DoorError::NotModerator) }
    }
}
