//! What guests call themselves, by the ids that messages bear. A guest gets another id whenever they come online again;
//! what they said under an earlier one keeps the name that they had.

use plauder_model::AttendeeId;

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

/// The name of the guest whose id is in the column `$id` of a row `$of` of a conversation, if the column `$kind` says that
/// it is one; else NULL.
macro_rules! guest_name {
    ($of:literal, $kind:literal, $id:literal) => {
        concat!(
            "CASE WHEN ",
            $of,
            ".",
            $kind,
            " = 'guests' THEN (SELECT g.name FROM guest_names g
              WHERE g.conversation_id = ",
            $of,
            ".conversation_id AND g.guest_id = ",
            $of,
            ".",
            $id,
            ") END"
        )
    };
}
pub(crate) use guest_name;

statements! {
    KEEP = "INSERT INTO guest_names (conversation_id, guest_id, name)
            SELECT conversation_id, actor_id, display_name FROM attendees WHERE id = $1
            ON CONFLICT (conversation_id, guest_id) DO UPDATE SET name = excluded.name";
}

/// Keeps the name that the guest on this seat has now for the id that they have now.
pub(crate) fn keep(tx: &mut Transaction<'_>, seat: AttendeeId) -> Result<(), StoreError> {
    tx.execute(&KEEP, params![seat]).map(drop)
}
