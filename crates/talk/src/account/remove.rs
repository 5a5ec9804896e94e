//! Deleting an account at the request of an administrator.

use plauder_store::Transaction;

use super::access::{AccountAccessError, find_other};
use super::delete::delete;
use crate::SignedIn;

/// Deletes the account `id`, unless it is the caller's own. The handler disables it before, in an earlier transaction,
/// so that requests of the account that are running end first.
pub fn remove(tx: &mut Transaction<'_>, caller: &SignedIn, id: &str) -> Result<(), AccountAccessError> {
    let account = find_other(tx, caller, id)?;
    Ok(delete(tx, &account)?)
}
