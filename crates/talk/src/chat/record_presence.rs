//! Recording that a client waits for messages.

use plauder_store::{StoreError, Transaction, attendees, messages, notifications, sessions};

use super::new_messages::PresenceUpdate;

/// Writes a client's ping and read marker.
pub fn record_presence(tx: &mut Transaction<'_>, presence: &PresenceUpdate) -> Result<(), StoreError> {
    // Without the conversation's lock: only the client's own rows change, and waiting clients must not delay writers.
    let Some(attendee) = attendees::find_by_id(tx, presence.attendee)? else { return Ok(()) };
    if presence.ping {
        sessions::ping(tx, &attendee)?;
    }
    let Some(marker) = presence.marker else { return Ok(()) };
    // Messages up to a visible one never change.
    let comment_index = messages::find_comment_index(tx, presence.conversation, marker)?;
    attendees::advance_marker(tx, attendee.id, marker, comment_index)?;
    let Some(account) = attendee.account else { return Ok(()) };
    notifications::delete_read(tx, presence.conversation, account, marker)
}
