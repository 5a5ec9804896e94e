//! Ending sessions and removing attendees.

use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::sessions::{self, Session};
use plauder_store::{StoreError, Transaction, attendees, conversations};

use crate::call;
use crate::conversation::delete;

/// Ends a session of an attendee, which leaves the call if it is in it.
pub(crate) fn end_session(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
    session: &Session,
) -> Result<(), StoreError> {
    call::take_out(tx, conversation, attendee.actor(), session)?;
    sessions::delete(tx, session.key)
}

/// Ends all sessions of an attendee.
pub(crate) fn end_sessions(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
) -> Result<(), StoreError> {
    for session in sessions::list_by_attendee(tx, attendee.id)? {
        end_session(tx, conversation, attendee, &session)?;
    }
    Ok(())
}

/// Removes an attendee and its sessions. Returns `false` if it was the last and the conversation is deleted.
pub(crate) fn remove_attendee(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
) -> Result<bool, StoreError> {
    end_sessions(tx, conversation, attendee)?;
    attendees::delete(tx, conversation.id, attendee)?;
    if conversations::is_deserted(tx, conversation.id)? {
        delete::delete_unchecked(tx, conversation.id)?;
        return Ok(false);
    }
    Ok(true)
}
