//! Web sessions: the cookies with which people are signed in. The store has the SHA-256 of a cookie's secret.

use plauder_model::{AccountId, AppPasswordId, Timestamp};

use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A web session.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct WebSession {
        /// The account that is signed in.
        pub account: AccountId = "account_id",
        /// The app password that began the session; `None`: the account's own password did.
        pub app_password: Option<AppPasswordId> = "app_password_id",
    }
}

statements! {
    INSERT = "INSERT INTO web_sessions (secret_hash, account_id, app_password_id, created_at, expires_at)
              VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT {WebSession} FROM web_sessions WHERE secret_hash = $1 AND expires_at > $2";
    DELETE_EXPIRED = "DELETE FROM web_sessions WHERE account_id = $1 AND expires_at <= $2";
    DELETE_ALL_BUT_NEWEST = "DELETE FROM web_sessions WHERE account_id = $1 AND secret_hash NOT IN (
                                 SELECT secret_hash FROM web_sessions WHERE account_id = $1
                                 ORDER BY created_at DESC, secret_hash LIMIT $2)";
    DELETE_BY_PASSWORD = "DELETE FROM web_sessions WHERE account_id = $1 AND app_password_id IS NULL";
    DELETE_BY_APP_PASSWORD = "DELETE FROM web_sessions WHERE app_password_id = $1";
    DELETE_ALL = "DELETE FROM web_sessions WHERE account_id = $1";
}

/// Creates a web session that lasts until `expires_at`.
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

/// The web session with this hash, unless it has expired.
pub fn find(tx: &mut Transaction<'_>, secret_hash: &str) -> Result<Option<WebSession>, StoreError> {
    let now = tx.now();
    tx.query_one(&FIND, params![secret_hash, now])
}

/// Deletes the expired web sessions of an account, and all but the newest `most`.
pub fn tidy(tx: &mut Transaction<'_>, account: AccountId, most: i64) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&DELETE_EXPIRED, params![account, now])?;
    tx.execute(&DELETE_ALL_BUT_NEWEST, params![account, most]).map(drop)
}

/// Ends the web sessions that the account's password began.
pub fn delete_by_password(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_PASSWORD, params![account]).map(drop)
}

/// Ends the web sessions that an app password began.
pub fn delete_by_app_password(tx: &mut Transaction<'_>, id: AppPasswordId) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_APP_PASSWORD, params![id]).map(drop)
}

/// Ends all web sessions of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
