//! How far somebody has read.

use plauder_model::Reason;
use plauder_model::{MessageId, Token};
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, attendees, messages, notifications};
use thiserror::Error;

use crate::Caller;
use crate::access::{Access, AccessError};
use crate::refusal::{Refusal, UseCaseError};

/// Why a marker stays where it is.
#[derive(Debug, Error)]
pub enum ReadMarkerError {
    /// Not from there; nothing of what guests have read is kept.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There is no such message.
    #[error("lastReadMessage has to be the id of a message, or 0")]
    Message,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for ReadMarkerError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Message => Reason::UnknownMessage.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Moves the caller's marker to a message, forwards or backwards (0: nothing is read); without one to the last message.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    to: Option<i64>,
) -> Result<(), ReadMarkerError> {
    let account = caller.account().ok_or(AccessError::NotFound)?;
    let access = Access::load_locked(tx, account, token)?;
    let last = access.conversation.last_message;
    let to = match to {
        Some(id) if id < 0 => return Err(ReadMarkerError::Message),
        // Nobody has read what was not written yet.
        Some(id) => MessageId(id).min(last),
        None => last,
    };
    Ok(move_to(tx, &access.conversation, &access.attendee, to)?)
}

/// Moves a marker, and with it the count of what is unread.
pub(crate) fn move_to(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
    to: MessageId,
) -> Result<(), StoreError> {
    let comment_index = if to >= conversation.last_message {
        conversation.comment_count
    } else {
        messages::find_comment_index(tx, conversation.id, to)?
    };
    attendees::set_marker(tx, attendee.id, to, comment_index)?;
    let Some(account) = attendee.account else { return Ok(()) };
    notifications::read_up_to(tx, conversation.id, account, to)
}
