//! App passwords of an account.

use plauder_model::{AccountId, AppPasswordId, text};
use plauder_store::{StoreError, Transaction, app_passwords, web_sessions};

use crate::secret;

/// How many characters the name of an app password may have; more are cut off.
const MOST_IN_NAME: usize = 120;

/// Makes an app password named after the program that it is for. Its secret is known only now.
pub fn add(
    tx: &mut Transaction<'_>,
    account: AccountId,
    name: &str,
) -> Result<(String, AppPasswordId), StoreError> {
    let secret = secret::app_password(tx.chance());
    let name = text::line_up_to(name, MOST_IN_NAME);
    let name = if name.is_empty() { "unnamed" } else { name.as_str() };
    let id = app_passwords::insert(tx, account, &secret::hash(&secret), name)?;
    Ok((secret, id))
}

/// Gives an app password another secret, which is known only now; the old one is worth nothing any more, nor are the
/// cookies that it was shown for.
pub fn rotate(tx: &mut Transaction<'_>, id: AppPasswordId) -> Result<String, StoreError> {
    let secret = secret::app_password(tx.chance());
    app_passwords::replace(tx, id, &secret::hash(&secret))?;
    web_sessions::delete_by_app_password(tx, id)?;
    Ok(secret)
}
