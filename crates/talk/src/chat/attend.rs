//! Being there: what waiting for messages leaves behind in the store.

use plauder_store::{StoreError, Transaction, attendees, messages, notifications, sessions};

use super::news::Duties;

/// Keeps that somebody is there, and how far they have read.
pub fn attend(tx: &mut Transaction<'_>, duties: &Duties) -> Result<(), StoreError> {
    // Without the conversation's lock: none of this is about others, and whoever waits keeps nobody from writing.
    let Some(seat) = attendees::find_by_id(tx, duties.seat)? else { return Ok(()) };
    if duties.ping {
        sessions::ping(tx, &seat)?;
    }
    let Some(marker) = duties.marker else { return Ok(()) };
    // What comes up to a message that is visible does not change any more.
    let ordinal = messages::ordinal(tx, duties.conversation, marker)?;
    attendees::advance_marker(tx, seat.id, marker, ordinal)?;
    let Some(account) = seat.account else { return Ok(()) };
    notifications::read_up_to(tx, duties.conversation, account, marker)
}
