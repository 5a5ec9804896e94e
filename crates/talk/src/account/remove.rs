//! Removing an account on request of an administrator.

use plauder_store::Transaction;

use super::access::{AccountAccessError, find_other};
use super::delete::delete;
use crate::SignedIn;

/// Removes the account `id`; not the caller's own. The caller disables it before, in a transaction of its own, so that
/// what the account does at the same time comes to an end.
pub fn remove(tx: &mut Transaction<'_>, caller: &SignedIn, id: &str) -> Result<(), AccountAccessError> {
    let account = find_other(tx, caller, id)?;
    Ok(delete(tx, &account)?)
}
