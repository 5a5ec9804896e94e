//! Accounts: the tables `accounts` and `logins`. A deleted account stays as a row without a name, because messages
//! refer to it. No function of this file finds it.

use plauder_model::{AccountId, Timestamp};

use super::{access_epoch, containing, groups, names_epoch};
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A person who can sign in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Account {
        /// The number of the account, which is never used again.
        pub id: AccountId,
        /// The user id, with which the person signs in, in its original case.
        pub user_id: String,
        /// The display name.
        pub display_name: String,
        /// The e-mail address; empty: none.
        pub email: String,
        /// The password's Argon2id hash in PHC form; empty: the account has no password.
        pub password_hash: String,
        /// Whether the person can sign in.
        pub enabled: bool,
    }
}

row! {
    /// When the person signed in.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Login {
        /// For the first time.
        pub first_login: Timestamp,
        /// Most recently.
        pub last_login: Timestamp,
    }
}

/// An account with everything that the API shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDetails {
    /// The account.
    pub account: Account,
    /// When the person signed in; `None`: never.
    pub login: Option<Login>,
    /// The ids of the account's groups, sorted.
    pub groups: Vec<String>,
}

/// A new account.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// The user id.
    pub user_id: &'a str,
    /// The user id in lower case.
    pub user_key: &'a str,
    /// The display name.
    pub display_name: &'a str,
    /// The e-mail address; empty: none.
    pub email: &'a str,
    /// The password's Argon2id hash in PHC form; empty: the account has no password.
    pub password_hash: &'a str,
}

/// A page of the accounts whose user id or display name contains a text: pattern, limit and offset are parameters.
macro_rules! page {
    ($columns:literal, $more:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM accounts a ",
            $more,
            "
             WHERE NOT a.deleted AND (a.user_key LIKE $1 ESCAPE '!' OR a.display_key LIKE $1 ESCAPE '!')
             ORDER BY a.user_key LIMIT $2 OFFSET $3"
        )
    };
}

statements! {
    FIND KeyShare = "SELECT {Account a} FROM accounts a WHERE a.user_key = $1 AND NOT a.deleted";
    FIND_BY_ID KeyShare = "SELECT {Account a} FROM accounts a WHERE a.id = $1 AND NOT a.deleted";
    FIND_BY_EMAIL KeyShare = "SELECT {Account a} FROM accounts a
                            WHERE a.email = $1 AND a.enabled AND NOT a.deleted ORDER BY a.id LIMIT 2";
    SEARCH = page!("{Account a}", "");
    SEARCH_LOGINS = page!("{Account a}, {Login l}", "LEFT JOIN logins l ON l.account_id = a.id");
    SEARCH_GROUPS = concat!(
        "SELECT m.account_id, g.group_id
         FROM (", page!("a.id, a.user_key", ""), ") found
         JOIN group_members m ON m.account_id = found.id JOIN account_groups g ON g.id = m.group_id
         ORDER BY found.user_key, g.group_id"
    );
    INSERT = "INSERT INTO accounts (user_id, user_key, display_name, display_key, email, password_hash, enabled,
                                    deleted, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, TRUE, FALSE, $7)
              ON CONFLICT DO NOTHING RETURNING id";
    SET_DISPLAY_NAME = "UPDATE accounts SET display_name = $1, display_key = $2 WHERE id = $3 AND display_name <> $1";
    SET_EMAIL = "UPDATE accounts SET email = $1 WHERE id = $2 AND email <> $1";
    SET_PASSWORD = "UPDATE accounts SET password_hash = $1 WHERE id = $2";
    SET_ENABLED = "UPDATE accounts SET enabled = $1 WHERE id = $2";
    RECORD_SIGN_IN = "INSERT INTO logins (account_id, first_login, last_login) VALUES ($1, $2, $2)
                      ON CONFLICT (account_id) DO UPDATE SET last_login = excluded.last_login";
    FIND_LOGIN = "SELECT {Login l} FROM logins l WHERE l.account_id = $1";
    DELETE_LOGIN = "DELETE FROM logins WHERE account_id = $1";
    LOCK_CREDENTIALS NoKeyUpdate = "SELECT id FROM accounts WHERE id = $1 AND NOT deleted";
    LOCK Update = "SELECT id FROM accounts WHERE id = $1 AND NOT deleted";
    ANONYMISE = "UPDATE accounts SET deleted = TRUE, enabled = FALSE, display_name = '', display_key = '', email = '',
                                     password_hash = '' WHERE id = $1";
}

/// The account with the user id `user_key`, which is in lower case. A transaction that may write keeps it from being
/// deleted until it ends.
pub fn find(tx: &mut Transaction<'_>, user_key: &str) -> Result<Option<Account>, StoreError> {
    tx.query_one(&FIND, params![user_key])
}

/// The account with this number. A transaction that may write keeps it from being deleted until it ends.
pub fn find_by_id(tx: &mut Transaction<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id])
}

/// The one enabled account with this e-mail address in lower case; `None` if there are several. It is not deleted
/// before a transaction that may write ends.
pub fn find_by_email(tx: &mut Transaction<'_>, email: &str) -> Result<Option<Account>, StoreError> {
    let mut found = tx.query(&FIND_BY_EMAIL, params![email])?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// Accounts whose user id or display name contains `part`, sorted by user id: `limit` of them after the first `offset`.
pub fn search(
    tx: &mut Transaction<'_>,
    part: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Account>, StoreError> {
    tx.query(&SEARCH, params![&containing(part), limit, offset])
}

/// The accounts that [`search`] finds, with their details. Runs two statements, whatever the number of accounts.
pub fn search_details(
    tx: &mut Transaction<'_>,
    part: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountDetails>, StoreError> {
    let pattern = containing(part);
    let params = params![&pattern, limit, offset];
    let found: Vec<(Account, Option<Login>)> = tx.query(&SEARCH_LOGINS, params)?;
    let mut groups = tx.query::<(AccountId, String)>(&SEARCH_GROUPS, params)?.into_iter().peekable();
    let details = found.into_iter().map(|(account, login)| {
        let mut group_ids = Vec::new();
        // Both results have the accounts in the same order.
        while let Some((_, group)) = groups.next_if(|(member, _)| *member == account.id) {
            group_ids.push(group);
        }
        AccountDetails { account, login, groups: group_ids }
    });
    Ok(details.collect())
}

/// The details of one account.
pub fn load_details(tx: &mut Transaction<'_>, account: Account) -> Result<AccountDetails, StoreError> {
    let login = tx.query_one(&FIND_LOGIN, params![account.id])?;
    let groups = groups::list_by_account(tx, account.id)?;
    Ok(AccountDetails { account, login, groups })
}

/// Creates an account, enabled. `None` if its user id is taken.
pub fn insert(tx: &mut Transaction<'_>, new: NewAccount<'_>) -> Result<Option<AccountId>, StoreError> {
    let display_key = new.display_name.to_lowercase();
    let now = tx.now();
    let params =
        params![new.user_id, new.user_key, new.display_name, &display_key, new.email, new.password_hash, now];
    tx.query_one(&INSERT, params)
}

/// Changes the display name.
pub fn set_display_name(tx: &mut Transaction<'_>, id: AccountId, name: &str) -> Result<(), StoreError> {
    let changed = tx.execute(&SET_DISPLAY_NAME, params![name, &name.to_lowercase(), id])?;
    if changed > 0 { names_epoch::advance(tx) } else { Ok(()) }
}

/// Changes the e-mail address, with which the person may sign in; empty: none.
pub fn set_email(tx: &mut Transaction<'_>, id: AccountId, email: &str) -> Result<(), StoreError> {
    let changed = tx.execute(&SET_EMAIL, params![email, id])?;
    if changed > 0 { access_epoch::advance(tx) } else { Ok(()) }
}

/// Changes the hash of the password.
pub fn set_password(tx: &mut Transaction<'_>, id: AccountId, hash: &str) -> Result<(), StoreError> {
    tx.execute(&SET_PASSWORD, params![hash, id])?;
    access_epoch::advance(tx)
}

/// Permits or forbids signing in. Waits until no other transaction uses the account, so that nothing is committed for
/// it after it was disabled.
pub fn set_enabled(tx: &mut Transaction<'_>, id: AccountId, enabled: bool) -> Result<(), StoreError> {
    lock(tx, id)?;
    tx.execute(&SET_ENABLED, params![enabled, id])?;
    access_epoch::advance(tx)
}

/// Records that the person signs in now.
pub fn record_sign_in(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&RECORD_SIGN_IN, params![id, now]).map(drop)
}

/// Waits until no other transaction changes the account or its credentials, and keeps others from it until this one
/// ends. Transactions that only identify the account go on.
pub fn lock_credentials(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    tx.lock(&LOCK_CREDENTIALS, params![id])
}

/// Locks the account: waits until no other transaction uses it, and keeps it from them until this one ends.
pub fn lock(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    tx.lock(&LOCK, params![id])
}

/// Removes everything of the account but its row. Its user id is free afterwards.
pub fn anonymise(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_LOGIN, params![id])?;
    tx.execute(&ANONYMISE, params![id])?;
    names_epoch::advance(tx)?;
    access_epoch::advance(tx)
}
