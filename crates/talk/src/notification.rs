//! What an account is told of: listed, looked at, forgotten. Where something happens that somebody is told of, its use
//! case says so to [`plauder_store::notifications`].

pub mod list;
pub mod view;

use plauder_model::NotificationId;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, notifications};

/// Those of some numbers under which an account is still told of something.
pub fn existing(
    tx: &mut Transaction<'_>,
    account: &Account,
    of: &[i64],
) -> Result<Vec<NotificationId>, StoreError> {
    let mut ids = notifications::list_ids(tx, account.id)?;
    ids.retain(|id| of.contains(&id.0));
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
