//! Which notifications still exist.

use plauder_model::NotificationId;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, notifications};

/// Those of `candidates` that are ids of the account's notifications.
pub fn existing(
    tx: &mut Transaction<'_>,
    account: &Account,
    candidates: &[i64],
) -> Result<Vec<NotificationId>, StoreError> {
    let mut ids = notifications::list_ids(tx, account.id)?;
    ids.retain(|id| candidates.contains(&id.0));
    Ok(ids)
}
