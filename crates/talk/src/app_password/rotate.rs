//! Exchanging the secret of an app password.

use plauder_store::{Transaction, app_passwords, web_sessions};

use super::AppPasswordError;
use crate::caller::lock_account;
use crate::{SignedIn, secret};

/// Gives the app password that the caller presented a new secret, which is known only now. The old secret and the
/// cookies that were issued for it end. A cookie that stands for the app password does not suffice.
pub fn rotate(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    presented_secret: bool,
) -> Result<String, AppPasswordError> {
    let id = caller.app_password.filter(|_| presented_secret).ok_or(AppPasswordError::NotInUse)?;
    lock_account(tx, caller)?;
    let secret = secret::app_password(tx.rng());
    app_passwords::replace(tx, id, &secret::hash(&secret))?;
    web_sessions::delete_by_app_password(tx, id)?;
    Ok(secret)
}
