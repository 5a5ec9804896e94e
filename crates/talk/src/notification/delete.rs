//! Deleting notifications.

use plauder_model::NotificationId;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, notifications};

/// Deletes a notification of an account, if it has one with this id.
pub fn delete(tx: &mut Transaction<'_>, account: &Account, id: i64) -> Result<(), StoreError> {
    notifications::delete(tx, account.id, NotificationId(id))
}

/// Deletes all notifications of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    notifications::delete_all(tx, account.id)
}
