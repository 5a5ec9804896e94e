//! App passwords: secrets with which a program signs in instead of the person's password. The store has their SHA-256.

use plauder_model::{AccountId, AppPasswordId, Timestamp};

use super::access_epoch;
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// An app password, without its secret.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AppPassword {
        /// The number of the app password.
        pub id: AppPasswordId,
        /// The name of the program that it was created for.
        pub name: String,
        /// When it was created.
        pub created_at: Timestamp,
    }
}

statements! {
    INSERT = "INSERT INTO app_passwords (account_id, secret_hash, name, created_at) VALUES ($1, $2, $3, $4)
              RETURNING id";
    FIND = "SELECT id, account_id FROM app_passwords WHERE secret_hash = $1";
    LIST_BY_ACCOUNT = "SELECT {AppPassword} FROM app_passwords WHERE account_id = $1 ORDER BY id";
    REPLACE = "UPDATE app_passwords SET secret_hash = $1 WHERE id = $2";
    DELETE = "DELETE FROM app_passwords WHERE id = $1 AND account_id = $2";
    DELETE_ALL = "DELETE FROM app_passwords WHERE account_id = $1";
}

/// Creates an app password from the SHA-256 of its secret, in hex.
pub fn insert(
    tx: &mut Transaction<'_>,
    account: AccountId,
    secret_hash: &str,
    name: &str,
) -> Result<AppPasswordId, StoreError> {
    let now = tx.now();
    let id = tx.query_one(&INSERT, params![account, secret_hash, name, now])?;
    id.ok_or_else(|| StoreError::Impossible("an app password without an id".to_owned()))
}

/// The app password with this hash, and its account.
pub fn find(
    tx: &mut Transaction<'_>,
    secret_hash: &str,
) -> Result<Option<(AppPasswordId, AccountId)>, StoreError> {
    tx.query_one(&FIND, params![secret_hash])
}

/// The app passwords of an account, the oldest first.
pub fn list_by_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<AppPassword>, StoreError> {
    tx.query(&LIST_BY_ACCOUNT, params![account])
}

/// Replaces the secret of an app password.
pub fn replace(tx: &mut Transaction<'_>, id: AppPasswordId, secret_hash: &str) -> Result<(), StoreError> {
    tx.execute(&REPLACE, params![secret_hash, id])?;
    access_epoch::advance(tx)
}

/// Deletes an app password of `account` and the web sessions that began with it. `false` if the account has none with
/// this number.
pub fn delete(tx: &mut Transaction<'_>, account: AccountId, id: AppPasswordId) -> Result<bool, StoreError> {
    let existed = tx.execute(&DELETE, params![id, account])? > 0;
    if existed {
        access_epoch::advance(tx)?;
    }
    Ok(existed)
}

/// Deletes all app passwords of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
