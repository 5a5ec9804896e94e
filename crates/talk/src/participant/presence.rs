//! Being online and having a seat, and how both end.

use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::sessions::{self, Session};
use plauder_store::{StoreError, Transaction, attendees, conversations};

use crate::call;
use crate::conversation::delete;

/// Ends one session of a seat; in the call it leaves it.
pub(crate) fn end_session(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
    session: &Session,
) -> Result<(), StoreError> {
    call::take_out(tx, conversation, attendee.actor(), session)?;
    sessions::delete(tx, session.key)
}

/// Ends all sessions of a seat.
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

/// Takes somebody's seat and their sessions. A conversation in which nobody is left is gone: then `false`.
pub(crate) fn remove_attendee(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
) -> Result<bool, StoreError> {
    end_sessions(tx, conversation, attendee)?;
    attendees::delete(tx, conversation.id, attendee)?;
    if conversations::is_deserted(tx, conversation.id)? {
        delete::whole(tx, conversation.id)?;
        return Ok(false);
    }
    Ok(true)
}
