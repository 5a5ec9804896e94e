//! Read markers.

use plauder_model::{MessageId, Token};
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, attendees, messages, notifications};
use thiserror::Error;

use crate::Caller;
use crate::access::{Access, AccessError};
use crate::refusal::{Refusal, UseCaseError};

/// Why a marker is not moved.
#[derive(Debug, Error)]
pub enum ReadMarkerError {
    /// Access is refused, or the caller is a guest: guests have no read marker.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for ReadMarkerError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Moves the caller's marker to `message`, forwards or backwards (0 or less: before the first); without one to the
/// last message.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    to: Option<i64>,
) -> Result<(), ReadMarkerError> {
    let account = caller.account().ok_or(AccessError::NotFound)?;
    let access = Access::load_locked(tx, account, token)?;
    let last = access.conversation.last_message;
    // A marker never lies after the last message.
    let to = to.map_or(last, |id| MessageId(id.max(0)).min(last));
    Ok(move_to(tx, &access.conversation, &access.attendee, to)?)
}

/// Moves a marker, and updates the number of unread messages.
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
    notifications::delete_read(tx, conversation.id, account, to)
}
