//! The participants of a call.

use plauder_model::Token;
use plauder_store::Transaction;
use plauder_store::sessions::{self, Peer};

use crate::Caller;
use crate::access::{Access, AccessError, Capability};

/// The sessions in the call, ordered by when they came online.
pub fn peers(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<Vec<Peer>, AccessError> {
    let access = Access::load(tx, caller, token)?;
    access.require(Capability::Write)?;
    Ok(sessions::list_in_call(tx, access.conversation.id)?)
}
