//! Signing in, and the session cookie that a client gets for it.

use plauder_model::{AccountId, AppPasswordId};
use plauder_store::web_sessions::{self, WebSession};
use plauder_store::{StoreError, Transaction, accounts};

use super::view::AccountView;
use crate::caller::{IdentifyError, lock_account};
use crate::{SignedIn, secret};

/// How long a cookie is valid, in seconds: a day.
pub const WEB_SESSION_SECONDS: i64 = 24 * 60 * 60;

/// The maximum number of valid cookies of an account; a new one ends the oldest.
const MAX_WEB_SESSIONS: i64 = 100;

/// The caller's account, if no session has to begin: the caller presented no secret, or already has a cookie for the
/// same account and app password.
pub fn show(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    cookie_hash: Option<&str>,
    presented_secret: bool,
) -> Result<Option<AccountView>, StoreError> {
    if presented_secret {
        let session = match cookie_hash {
            Some(hash) => web_sessions::find(tx, hash)?,
            None => None,
        };
        let is_same = |session: &WebSession| {
            session.account == caller.account.id && session.app_password == caller.app_password
        };
        if !session.as_ref().is_some_and(is_same) {
            return Ok(None);
        }
    }
    AccountView::load(tx, caller.account.clone()).map(Some)
}

/// Signs the caller in: begins a session, and returns the account with the value of the cookie.
pub fn begin(tx: &mut Transaction<'_>, caller: &SignedIn) -> Result<(AccountView, String), IdentifyError> {
    lock_account(tx, caller)?;
    let secret = begin_web_session(tx, caller.account.id, caller.app_password)?;
    Ok((AccountView::load(tx, caller.account.clone())?, secret))
}

/// Records that an account signed in, and returns the value of a new cookie for it.
pub fn begin_web_session(
    tx: &mut Transaction<'_>,
    account: AccountId,
    app_password: Option<AppPasswordId>,
) -> Result<String, StoreError> {
    let secret = secret::cookie(tx.rng());
    let expires_at = tx.now() + WEB_SESSION_SECONDS;
    accounts::record_sign_in(tx, account)?;
    web_sessions::insert(tx, &secret::hash(&secret), WebSession { account, app_password }, expires_at)?;
    web_sessions::tidy(tx, account, MAX_WEB_SESSIONS)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, signed_in};

    #[test]
    fn a_session_begins_once_for_a_presented_secret() {
        let app = App::new();
        let caller = signed_in(&app.user("alice"));
        let shown = |cookie: Option<&str>, presented| {
            let (caller, hash) = (caller.clone(), cookie.map(secret::hash));
            app.write(move |tx| show(tx, &caller, hash.as_deref(), presented))
        };
        assert!(shown(None, false).is_some(), "a cookie stands for itself");
        assert!(shown(None, true).is_none() && shown(Some("unknown"), true).is_none());
        let by = caller.clone();
        let (account, cookie) = app.write(move |tx| begin(tx, &by));
        assert_eq!((account.first_login, account.last_login), (app.now(), app.now()));
        assert_eq!(shown(Some(&cookie), true), Some(account));
        let id = caller.account.id;
        let of_program = app.write(move |tx| {
            let (_, app_password) = crate::app_password::create::insert(tx, id, "x")?;
            begin_web_session(tx, id, Some(app_password))
        });
        assert!(shown(Some(&of_program), true).is_none(), "it stands for an app password");
    }

    #[test]
    fn a_new_cookie_over_the_limit_ends_the_oldest() {
        let app = App::new();
        let alice = app.user("alice").id;
        let secrets: Vec<String> = (0..=MAX_WEB_SESSIONS)
            .map(|_| {
                app.wind(1);
                app.write(move |tx| begin_web_session(tx, alice, None))
            })
            .collect();
        let is_valid = |secret: &str| {
            let hash = secret::hash(secret);
            app.write(move |tx| web_sessions::find(tx, &hash)).is_some()
        };
        assert!(!is_valid(&secrets[0]), "one too many");
        assert!(secrets[1..].iter().all(|secret| is_valid(secret)));
    }
}
