//! Being there: what waiting for messages leaves behind in the store.

use plauder_store::{StoreError, Transaction, attendees, messages, notifications, sessions};

use super::new_messages::PresenceUpdate;

/// Keeps that somebody is there, and how far they have read.
pub fn record_presence(tx: &mut Transaction<'_>, presence: &PresenceUpdate) -> Result<(), StoreError> {
    // Without the conversation's lock: none of this concerns others, and waiting clients must not delay those who write.
    let Some(attendee) = attendees::find_by_id(tx, presence.attendee)? else { return Ok(()) };
    if presence.ping {
        sessions::ping(tx, &attendee)?;
    }
    let Some(marker) = presence.marker else { return Ok(()) };
    // What comes up to a message that is visible does not change any more.
    let comment_index = messages::find_comment_index(tx, presence.conversation, marker)?;
    attendees::advance_marker(tx, attendee.id, marker, comment_index)?;
    let Some(account) = attendee.account else { return Ok(()) };
    notifications::read_up_to(tx, presence.conversation, account, marker)
}
