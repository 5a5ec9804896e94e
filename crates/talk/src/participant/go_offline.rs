//! Going offline in a conversation.

use plauder_model::Token;
use plauder_store::{StoreError, Transaction, conversations};

use super::{removal, remove_attendee};
use crate::Caller;
use crate::access::find_attendee;

/// Ends the caller's sessions in a conversation. A guest or self-joined account is removed with them. Does nothing if
/// the caller is no attendee.
pub fn go_offline(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<(), StoreError> {
    let Some(conversation) = conversations::lock(tx, token)? else { return Ok(()) };
    let Some(attendee) = find_attendee(tx, conversation.id, caller)? else { return Ok(()) };
    if attendee.participant_type.is_transient() {
        remove_attendee(tx, &conversation, &attendee).map(drop)
    } else {
        removal::end_sessions(tx, &conversation, &attendee)
    }
}
