//! The groups of an account.

use plauder_store::{Transaction, groups};

use super::access::{AccountAccessError, find_to_edit};
use crate::SignedIn;

/// The ids of the groups that the account `id` is in. For its owner and administrators.
pub fn list(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
) -> Result<Vec<String>, AccountAccessError> {
    let account = find_to_edit(tx, caller, id)?;
    Ok(groups::list_by_account(tx, account.id)?)
}
