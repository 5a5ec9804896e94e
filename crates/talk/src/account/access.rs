//! Who may see and change an account: its owner and administrators.

use plauder_model::{GroupId, Reason, UserId};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts, groups};
use thiserror::Error;

use crate::SignedIn;
use crate::refusal::{Refusal, UseCaseError};

/// Why the caller may not see or change an account.
#[derive(Debug, Error)]
pub enum AccountAccessError {
    /// The account does not exist, or not for the caller: the two look alike.
    #[error("The account could not be found")]
    NotFound,
    /// The account does not exist, which an administrator may know.
    #[error("User does not exist")]
    Unknown,
    /// Administrators cannot lock themselves out.
    #[error("You cannot do this to your own account")]
    Oneself,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for AccountAccessError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NotFound => Reason::NotFound.into(),
            Self::Unknown => Reason::UnknownAccount.into(),
            Self::Oneself => Reason::Oneself.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Whether an account administers the server.
pub fn is_admin(tx: &mut Transaction<'_>, account: &Account) -> Result<bool, StoreError> {
    groups::has_member(tx, account.id, GroupId::ADMIN)
}

/// The account `id`, if it is the caller's own or the caller is an administrator.
pub(super) fn find_to_show(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
) -> Result<Account, AccountAccessError> {
    let key = UserId::key_of(id);
    if key == UserId::key_of(&caller.account.user_id) {
        return Ok(caller.account.clone());
    }
    if !is_admin(tx, &caller.account)? {
        return Err(AccountAccessError::NotFound);
    }
    accounts::find(tx, &key)?.ok_or(AccountAccessError::Unknown)
}

/// The account `id` as [`find_to_show`] finds it, for a use case whose error is the same whatever the reason.
pub(super) fn find_to_edit(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
) -> Result<Account, AccountAccessError> {
    find_to_show(tx, caller, id).map_err(|error| match error {
        AccountAccessError::Unknown => AccountAccessError::NotFound,
        other => other,
    })
}

/// The account `id`, if it is not the caller's own. For administrators.
pub(super) fn find_other(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
) -> Result<Account, AccountAccessError> {
    let account = accounts::find(tx, &UserId::key_of(id))?.ok_or(AccountAccessError::NotFound)?;
    if account.id == caller.account.id { Err(AccountAccessError::Oneself) } else { Ok(account) }
}
