//! The notifications of an account: listed, shown and deleted. The use case that causes a notification creates it with
//! [`plauder_store::notifications`].

pub mod list;
pub mod view;

use plauder_model::NotificationId;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, notifications};

/// Those of `ids` that are ids of the account's notifications.
pub fn existing(
    tx: &mut Transaction<'_>,
    account: &Account,
    candidates: &[i64],
) -> Result<Vec<NotificationId>, StoreError> {
    let mut ids = notifications::list_ids(tx, account.id)?;
    ids.retain(|id| candidates.contains(&id.0));
    Ok(ids)
}

/// Deletes a notification of an account, if it has one with this id.
pub fn delete(tx: &mut Transaction<'_>, account: &Account, id: i64) -> Result<(), StoreError> {
    notifications::delete(tx, account.id, NotificationId(id))
}

/// Deletes all notifications of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    notifications::delete_all(tx, account.id)
}

#[cfg(test)]
mod tests;
