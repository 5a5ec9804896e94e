//! Creating an app password.

use plauder_model::{AccountId, AppPasswordId, text};
use plauder_store::{StoreError, Transaction, app_passwords};

use super::AppPasswordError;
use crate::caller::lock_account;
use crate::{SignedIn, secret};

/// The maximum length of the name of an app password, in characters; the rest is cut off.
const MAX_NAME_CHARACTERS: usize = 120;

/// Creates an app password for a program that presented the account's own password. Returns the secret, which is known
/// only now.
pub fn create(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    name: &str,
    presented_password: bool,
) -> Result<String, AppPasswordError> {
    if !presented_password {
        return Err(AppPasswordError::PasswordRequired);
    }
    lock_account(tx, caller)?;
    let (secret, _) = insert(tx, caller.account.id, name)?;
    Ok(secret)
}

/// Creates an app password named after the program that uses it. Returns the secret, which is known only now.
pub fn insert(
    tx: &mut Transaction<'_>,
    account: AccountId,
    name: &str,
) -> Result<(String, AppPasswordId), StoreError> {
    let secret = secret::app_password(tx.rng());
    let name = text::line_up_to(name, MAX_NAME_CHARACTERS);
    let name = if name.is_empty() { "unnamed" } else { name.as_str() };
    let id = app_passwords::insert(tx, account, &secret::hash(&secret), name)?;
    Ok((secret, id))
}
