//! App passwords: secrets that a program signs in with in place of a person's password.

use plauder_model::{AccountId, AppPasswordId, Timestamp};

use super::access_epoch;
use crate::driver::params;
use crate::{StoreError, Transaction, statements};

/// An app password as it is kept: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPassword {
    /// Its number.
    pub id: AppPasswordId,
    /// What it is called: the program it was made for.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO app_passwords (account_id, secret_hash, name, created_at) VALUES ($1, $2, $3, $4)
              RETURNING id";
    FIND = "SELECT id, account_id FROM app_passwords WHERE secret_hash = $1";
    OF = "SELECT id, name, created_at FROM app_passwords WHERE account_id = $1 ORDER BY id";
    REPLACE = "UPDATE app_passwords SET secret_hash = $1 WHERE id = $2";
    DELETE = "DELETE FROM app_passwords WHERE id = $1 AND account_id = $2";
    DELETE_ALL = "DELETE FROM app_passwords WHERE account_id = $1";
}

/// Keeps an app password by the SHA-256 of its secret, in hex.
pub fn insert(
    tx: &mut Transaction<'_>,
    account: AccountId,
    secret_hash: &str,
    name: &str,
) -> Result<AppPasswordId, StoreError> {
    let now = tx.now();
    let id =
        tx.query_one(&INSERT, params![account, secret_hash, name, now], |row| Ok(AppPasswordId(row.int()?)))?;
    id.ok_or_else(|| StoreError::Impossible("an app password without an id".to_owned()))
}

/// The app password with this hash, and whose it is.
pub fn find(
    tx: &mut Transaction<'_>,
    secret_hash: &str,
) -> Result<Option<(AppPasswordId, AccountId)>, StoreError> {
    tx.query_one(&FIND, params![secret_hash], |row| Ok((AppPasswordId(row.int()?), AccountId(row.int()?))))
}

/// The app passwords of an account, the oldest first.
pub fn of(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<AppPassword>, StoreError> {
    tx.query(&OF, params![account], |row| {
        Ok(AppPassword { id: AppPasswordId(row.int()?), name: row.text()?, created_at: row.int()? })
    })
}

/// Gives an app password another secret.
pub fn replace(tx: &mut Transaction<'_>, id: AppPasswordId, secret_hash: &str) -> Result<(), StoreError> {
    tx.execute(&REPLACE, params![secret_hash, id])?;
    access_epoch::advance(tx)
}

/// Removes an app password of `account`, with the cookies that were given for it. `false` if there is no such one.
pub fn delete(tx: &mut Transaction<'_>, account: AccountId, id: AppPasswordId) -> Result<bool, StoreError> {
    access_epoch::advance(tx)?;
    Ok(tx.execute(&DELETE, params![id, account])? > 0)
}

/// Removes all app passwords of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
