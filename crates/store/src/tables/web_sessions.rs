//! Who is signed in with a cookie. Only the SHA-256 of what the cookie holds is kept.

use plauder_model::{AccountId, AppPasswordId, Timestamp};

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

/// What a cookie stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebSession {
    /// Who is signed in.
    pub account: AccountId,
    /// The app password that they signed in with, if it was one.
    pub app_password: Option<AppPasswordId>,
}

statements! {
    INSERT = "INSERT INTO web_sessions (secret_hash, account_id, app_password_id, created_at, expires_at)
              VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT account_id, app_password_id FROM web_sessions WHERE secret_hash = $1 AND expires_at > $2";
    FORGET_EXPIRED = "DELETE FROM web_sessions WHERE account_id = $1 AND expires_at <= $2";
    KEEP_NEWEST = "DELETE FROM web_sessions WHERE account_id = $1 AND secret_hash NOT IN (
                       SELECT secret_hash FROM web_sessions WHERE account_id = $1
                       ORDER BY created_at DESC, secret_hash LIMIT $2)";
    DELETE_BY_PASSWORD = "DELETE FROM web_sessions WHERE account_id = $1 AND app_password_id IS NULL";
    DELETE_BY_APP_PASSWORD = "DELETE FROM web_sessions WHERE app_password_id = $1";
    DELETE_ALL = "DELETE FROM web_sessions WHERE account_id = $1";
}

/// Keeps a session until `expires_at`.
pub fn insert(
    tx: &mut Transaction<'_>,
    secret_hash: &str,
    session: WebSession,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT, params![secret_hash, session.account, session.app_password, now, expires_at])
        .map(drop)
}

/// The session with this hash, if it has not expired.
pub fn find(tx: &mut Transaction<'_>, secret_hash: &str) -> Result<Option<WebSession>, StoreError> {
    let now = tx.now();
    tx.query_one(&FIND, params![secret_hash, now], |row| {
        Ok(WebSession { account: AccountId(row.int()?), app_password: row.maybe_int()?.map(AppPasswordId) })
    })
}

/// Removes what has expired of an account, and all but its newest `most` sessions.
pub fn tidy(tx: &mut Transaction<'_>, account: AccountId, most: i64) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&FORGET_EXPIRED, params![account, now])?;
    tx.execute(&KEEP_NEWEST, params![account, most]).map(drop)
}

/// Ends the sessions that were begun with the account's password.
pub fn delete_by_password(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_PASSWORD, params![account]).map(drop)
}

/// Ends the sessions that were begun with an app password.
pub fn delete_by_app_password(tx: &mut Transaction<'_>, id: AppPasswordId) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_APP_PASSWORD, params![id]).map(drop)
}

/// Ends all sessions of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
