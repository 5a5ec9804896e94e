//! Accounts. One that is deleted stays as a nameless row, for what its owner wrote points to it; no function of this
//! file finds it any more.

use plauder_model::{AccountId, Timestamp};

use super::{access_epoch, containing, names_epoch};
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number, never given again.
    pub id: AccountId,
    /// Its name for signing in, as it was first written.
    pub user_id: String,
    /// Its name as people see it.
    pub display_name: String,
    /// Its e-mail address; empty: none.
    pub email: String,
    /// Argon2id in PHC form; empty: there is no password.
    pub password_hash: String,
    /// Whether it can sign in.
    pub enabled: bool,
}

/// What an account is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// Its name for signing in.
    pub user_id: &'a str,
    /// The same in lower case.
    pub user_key: &'a str,
    /// Its name as people see it.
    pub display_name: &'a str,
    /// Its e-mail address; empty: none.
    pub email: &'a str,
    /// Argon2id in PHC form; empty: there is no password.
    pub password_hash: &'a str,
}

macro_rules! columns {
    () => {
        "id, user_id, display_name, email, password_hash, enabled"
    };
}

statements! {
    FIND Shared = concat!("SELECT ", columns!(), " FROM accounts WHERE user_key = $1 AND NOT deleted");
    FIND_BY_ID Shared = concat!("SELECT ", columns!(), " FROM accounts WHERE id = $1 AND NOT deleted");
    FIND_BY_EMAIL Shared = concat!(
        "SELECT ", columns!(), " FROM accounts WHERE email = $1 AND enabled AND NOT deleted ORDER BY id LIMIT 2"
    );
    SEARCH = concat!(
        "SELECT ", columns!(), " FROM accounts
         WHERE NOT deleted AND (user_key LIKE $1 ESCAPE '!' OR display_key LIKE $1 ESCAPE '!')
         ORDER BY user_key LIMIT $2 OFFSET $3"
    );
    INSERT = "INSERT INTO accounts (user_id, user_key, display_name, display_key, email, password_hash, enabled,
                                    deleted, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, TRUE, FALSE, $7)
              ON CONFLICT DO NOTHING RETURNING id";
    SET_DISPLAY_NAME = "UPDATE accounts SET display_name = $1, display_key = $2 WHERE id = $3 AND display_name <> $1";
    SET_EMAIL = "UPDATE accounts SET email = $1 WHERE id = $2";
    SET_PASSWORD = "UPDATE accounts SET password_hash = $1 WHERE id = $2";
    SET_ENABLED = "UPDATE accounts SET enabled = $1 WHERE id = $2";
    SIGNED_IN = "INSERT INTO logins (account_id, first_login, last_login) VALUES ($1, $2, $2)
                 ON CONFLICT (account_id) DO UPDATE SET last_login = excluded.last_login";
    LOGINS = "SELECT first_login, last_login FROM logins WHERE account_id = $1";
    FORGET_LOGINS = "DELETE FROM logins WHERE account_id = $1";
    HOLD Own = concat!("SELECT ", columns!(), " FROM accounts WHERE id = $1 AND NOT deleted");
    LOCK Exclusive = "SELECT id FROM accounts WHERE id = $1 AND NOT deleted";
    BURY = "UPDATE accounts SET deleted = TRUE, enabled = FALSE, display_name = '', display_key = '', email = '',
                                password_hash = '' WHERE id = $1";
}

fn read(row: &mut Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.int()?),
        user_id: row.text()?,
        display_name: row.text()?,
        email: row.text()?,
        password_hash: row.text()?,
        enabled: row.bool()?,
    })
}

/// The account whose name in lower case is `user_key`. It is not deleted before a transaction that may write
/// ends.
pub fn find(tx: &mut Transaction<'_>, user_key: &str) -> Result<Option<Account>, StoreError> {
    tx.query_one(&FIND, params![user_key], read)
}

/// The account with this number. It is not deleted before a transaction that may write
/// ends.
pub fn find_by_id(tx: &mut Transaction<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id], read)
}

/// The one enabled account with this e-mail address in lower case; `None` if there are several. It is not deleted before
/// a transaction that may write ends.
pub fn find_by_email(tx: &mut Transaction<'_>, email: &str) -> Result<Option<Account>, StoreError> {
    let mut found = tx.query(&FIND_BY_EMAIL, params![email], read)?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// Accounts whose id or name holds `part`, ordered by id; `limit` of them after the first `offset`.
pub fn search(
    tx: &mut Transaction<'_>,
    part: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Account>, StoreError> {
    tx.query(&SEARCH, params![&containing(part), limit, offset], read)
}

/// Makes an account, enabled. `None` if one of that name is there.
pub fn insert(tx: &mut Transaction<'_>, new: NewAccount<'_>) -> Result<Option<AccountId>, StoreError> {
    let display_key = new.display_name.to_lowercase();
    let now = tx.now();
    let params =
        params![new.user_id, new.user_key, new.display_name, &display_key, new.email, new.password_hash, now];
    tx.query_one(&INSERT, params, |row| Ok(AccountId(row.int()?)))
}

/// Changes the name that people see.
pub fn set_display_name(tx: &mut Transaction<'_>, id: AccountId, name: &str) -> Result<(), StoreError> {
    let changed = tx.execute(&SET_DISPLAY_NAME, params![name, &name.to_lowercase(), id])?;
    if changed > 0 { names_epoch::advance(tx) } else { Ok(()) }
}

/// Changes the e-mail address; empty: none.
pub fn set_email(tx: &mut Transaction<'_>, id: AccountId, email: &str) -> Result<(), StoreError> {
    tx.execute(&SET_EMAIL, params![email, id]).map(drop)
}

/// Changes the hash of the password.
pub fn set_password(tx: &mut Transaction<'_>, id: AccountId, hash: &str) -> Result<(), StoreError> {
    tx.execute(&SET_PASSWORD, params![hash, id])?;
    access_epoch::advance(tx)
}

/// Lets the account sign in, or not any more.
pub fn set_enabled(tx: &mut Transaction<'_>, id: AccountId, enabled: bool) -> Result<(), StoreError> {
    tx.execute(&SET_ENABLED, params![enabled, id])?;
    access_epoch::advance(tx)
}

/// Notes that the account signed in now.
pub fn signed_in(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&SIGNED_IN, params![id, now]).map(drop)
}

/// When the account first and last signed in; `None`: never.
pub fn logins(tx: &mut Transaction<'_>, id: AccountId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    tx.query_one(&LOGINS, params![id], |row| Ok((row.int()?, row.int()?)))
}

/// The account as it is when everybody who was changing it is done; nobody else changes it before the transaction ends.
pub fn hold(tx: &mut Transaction<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    tx.query_one(&HOLD, params![id], read)
}

/// Waits until nobody else does anything for or with the account, and keeps them from it until the transaction ends.
pub fn lock(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

/// Takes everything from the account but its id, which is free for another one then.
pub fn bury(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    tx.execute(&FORGET_LOGINS, params![id])?;
    tx.execute(&BURY, params![id])?;
    names_epoch::advance(tx)?;
    access_epoch::advance(tx)
}
