//! Deleting an account at the request of an administrator.

use plauder_store::Transaction;

use super::access::{AccountAccessError, find_other};
use super::delete::delete;
use crate::SignedIn;

/// Deletes the account `id`, unless it is the caller's own. The handler disables it before, in an earlier transaction,
/// which waits for the account's running requests: these lock the account before a conversation, and deleting locks the
/// conversations first.
pub fn remove(tx: &mut Transaction<'_>, caller: &SignedIn, id: &str) -> Result<(), AccountAccessError> {
    let account = find_other(tx, caller, id)?;
    Ok(delete(tx, &account)?)
}
