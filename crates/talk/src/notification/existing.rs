//! Which notifications still exist.

use plauder_model::NotificationId;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction};

use super::list::list;

/// Those of `candidates` that are ids of notifications that [`list`] shows to the account.
pub fn existing(
    tx: &mut Transaction<'_>,
    account: &Account,
    candidates: &[i64],
) -> Result<Vec<NotificationId>, StoreError> {
    let ids = list(tx, account)?.into_iter().map(|notification| notification.id);
    Ok(ids.filter(|id| candidates.contains(&id.0)).collect())
}
