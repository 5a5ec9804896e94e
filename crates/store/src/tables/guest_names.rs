//! The display names of guests, by the ids in their messages. A guest gets a new id with each session; messages under
//! an earlier id have the name that the guest had then.

use plauder_model::AttendeeId;

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    INSERT = "INSERT INTO guest_names (conversation_id, guest_id, name)
              SELECT conversation_id, actor_id, display_name FROM attendees WHERE id = $1
              ON CONFLICT (conversation_id, guest_id) DO UPDATE SET name = excluded.name";
}

/// Stores the current name of a guest under their current id.
pub(crate) fn insert(tx: &mut Transaction<'_>, attendee: AttendeeId) -> Result<(), StoreError> {
    tx.execute(&INSERT, params![attendee]).map(drop)
}
