//! Being there: what waiting for messages leaves behind in the store.

use plauder_model::Token;
use plauder_store::{StoreError, Transaction, attendees, conversations, messages, notifications, sessions};

use super::news::Duties;

/// Keeps that somebody is there, and how far they have read.
pub fn attend(tx: &mut Transaction<'_>, token: &Token, duties: &Duties) -> Result<(), StoreError> {
    // Looked up and not locked: none of this is about others, and whoever waits keeps nobody from writing.
    let Some(conversation) = conversations::find(tx, token)? else { return Ok(()) };
    let Some(seat) = attendees::find_by_id(tx, duties.seat)? else { return Ok(()) };
    if duties.ping {
        sessions::ping(tx, &seat)?;
    }
    let Some(marker) = duties.marker else { return Ok(()) };
    // What comes up to a message that is visible does not change any more.
    let ordinal = messages::ordinal(tx, conversation.id, marker)?;
    attendees::advance_marker(tx, seat.id, marker, ordinal)?;
    let Some(account) = seat.account else { return Ok(()) };
    notifications::read_up_to(tx, conversation.id, account, marker)
}
