//! Who is in a call.

use plauder_model::Token;
use plauder_store::Transaction;
use plauder_store::sessions::{self, Peer};

use crate::Caller;
use crate::conversation::DoorError;
use crate::conversation::door::enter;

/// Everybody in the call, who came first first.
pub fn peers(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<Vec<Peer>, DoorError> {
    let seat = enter(tx, caller, token)?.beyond_lobby(tx.now())?.writable()?;
    Ok(sessions::in_call(tx, seat.conversation.id)?)
}
