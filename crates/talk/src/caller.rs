//! The caller: the account or guest that a request comes from.

use plauder_model::{AppPasswordId, EmailAddress, Reason, UserId};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts, app_passwords, web_sessions};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// The account or guest that a request comes from.
#[derive(Debug, Clone)]
pub enum Caller {
    /// An account.
    Account(SignedIn),
    /// A guest, by the hash of their cookie (see [`crate::secret::hash`]). Their attendees are found by it, if they
    /// have any.
    Guest(String),
    /// Neither an account nor a cookie.
    Nobody,
}

/// An account that is signed in, and the app password that it used.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account as it is now.
    pub account: Account,
    /// The app password, if the account signed in with one.
    pub app_password: Option<AppPasswordId>,
    /// The credentials that identified it.
    pub credentials: Credentials,
}

impl Caller {
    /// The account, if there is one.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(signed_in) => Some(&signed_in.account),
            Self::Guest(_) | Self::Nobody => None,
        }
    }
}

/// The credentials that a request presented, checked as far as that is possible without the store. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Nothing.
    None,
    /// An account's password. It has been verified against `password_hash`, which must still be the account's.
    Password {
        /// The account's id or e-mail address in lower case, see [`find_by_login`].
        user_key: String,
        /// The hash against which the password was verified.
        password_hash: String,
    },
    /// An app password by the hash of its secret, for the account `user_key` if the request named one.
    AppPassword {
        /// See [`crate::secret::hash`].
        secret_hash: String,
        /// The account's id or e-mail address in lower case, see [`find_by_login`].
        user_key: Option<String>,
    },
    /// A session cookie by the hash of its secret.
    Cookie {
        /// See [`crate::secret::hash`].
        secret_hash: String,
    },
}

/// Why the caller is not identified.
#[derive(Debug, Error)]
pub enum IdentifyError {
    /// The credentials are wrong, or no longer valid.
    #[error("the credentials are wrong")]
    Wrong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for IdentifyError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Wrong => Reason::Unauthenticated.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Identifies the caller by the credentials. Runs in the transaction that does the work. A transaction that may write
/// keeps the account from being disabled or deleted until it ends. The credentials may be replaced before it ends:
/// what issues or changes credentials calls [`lock_account`].
pub fn identify(tx: &mut Transaction<'_>, credentials: &Credentials) -> Result<Caller, IdentifyError> {
    let (account, app_password) = match credentials {
        Credentials::None => return Ok(Caller::Nobody),
        Credentials::Password { user_key, password_hash } => {
            let account = find_by_login(tx, user_key)?;
            (
                account
                    .filter(|account| !password_hash.is_empty() && account.password_hash == *password_hash),
                None,
            )
        }
        Credentials::AppPassword { secret_hash, user_key } => match app_passwords::find(tx, secret_hash)? {
            None => return Err(IdentifyError::Wrong),
            Some((id, account)) => {
                let account = accounts::find_by_id(tx, account)?;
                let is_named = match (&account, user_key) {
                    (Some(account), Some(key)) if UserId::key_of(&account.user_id) != *key => {
                        find_by_login(tx, key)?.is_some_and(|named| named.id == account.id)
                    }
                    _ => true,
                };
                (account.filter(|_| is_named), Some(id))
            }
        },
        // A cookie outlives its session in every browser: a request with an outdated one comes from a guest who is in
        // no conversation.
        Credentials::Cookie { secret_hash } => match web_sessions::find(tx, secret_hash)? {
            None => return Ok(Caller::Guest(secret_hash.clone())),
            Some(session) => {
                match accounts::find_by_id(tx, session.account)?.filter(|account| account.enabled) {
                    None => return Ok(Caller::Nobody),
                    account => (account, session.app_password),
                }
            }
        },
    };
    match account.filter(|account| account.enabled) {
        Some(account) => {
            Ok(Caller::Account(SignedIn { account, app_password, credentials: credentials.clone() }))
        }
        None => Err(IdentifyError::Wrong),
    }
}

/// The account with the id `login` (upper and lower case are the same), else the only enabled account with this e-mail
/// address. An address that several accounts have finds none of them.
pub fn find_by_login(tx: &mut Transaction<'_>, login: &str) -> Result<Option<Account>, StoreError> {
    if let Some(account) = accounts::find(tx, &UserId::key_of(login))? {
        return Ok(Some(account));
    }
    match EmailAddress::parse(login) {
        Some(address) => accounts::find_by_email(tx, address.as_str()),
        None => Ok(None),
    }
}

/// Locks the credentials of the caller's account and checks those that the caller presented again, before credentials
/// are changed or a new secret is issued. Without it, a request with an old secret could get a new one while the old
/// one is being replaced.
pub fn lock_account(tx: &mut Transaction<'_>, signed_in: &SignedIn) -> Result<(), IdentifyError> {
    let SignedIn { account, app_password, credentials } = signed_in;
    accounts::lock_credentials(tx, account.id)?;
    match identify(tx, credentials)? {
        Caller::Account(now) if now.account.id == account.id && now.app_password == *app_password => Ok(()),
        _ => Err(IdentifyError::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;
    use crate::{account, app_password};

    #[test]
    fn credentials_are_valid_only_while_current() {
        let app = App::new();
        let alice = app.user("alice");
        let id = alice.id;
        let password = Credentials::Password { user_key: "alice".into(), password_hash: alice.password_hash };
        let (secret, _) = app.write(move |tx| app_password::create::insert(tx, id, "x"));
        let app_password = |user_key: Option<&str>| Credentials::AppPassword {
            secret_hash: crate::secret::hash(&secret),
            user_key: user_key.map(str::to_owned),
        };
        let is_alice = |credentials: Credentials| {
            app.try_write(move |tx| identify(tx, &credentials))
                .is_ok_and(|caller| caller.account().is_some_and(|account| account.user_id == "alice"))
        };
        assert!(is_alice(password.clone()));
        assert!(is_alice(app_password(None)));
        assert!(is_alice(app_password(Some("alice"))));
        assert!(!is_alice(app_password(Some("bob"))), "an app password is for one account");
        assert!(!is_alice(Credentials::None));

        app.write(|tx| {
            let alice = accounts::find(tx, "alice")?.unwrap();
            accounts::set_enabled(tx, alice.id, false)
        });
        assert!(!is_alice(password.clone()) && !is_alice(app_password(None)), "disabled");
        app.write(|tx| {
            let alice = accounts::find(tx, "alice")?.unwrap();
            accounts::set_enabled(tx, alice.id, true)?;
            accounts::set_password(tx, alice.id, "another")
        });
        assert!(!is_alice(password), "the password it was verified against is not the account's any more");
        assert!(is_alice(app_password(None)));
        app.write(|tx| {
            let alice = accounts::find(tx, "alice")?.unwrap();
            accounts::set_password(tx, alice.id, "")
        });
        let empty = Credentials::Password { user_key: "alice".into(), password_hash: String::new() };
        assert!(!is_alice(empty), "no password is no password that matches");
    }

    #[test]
    fn an_account_is_found_by_its_id_before_its_address() {
        let app = App::new();
        let create = |user_id: &'static str, email: &'static str| {
            app.write(move |tx| {
                let new = account::create::CreateAccount {
                    user_id: user_id.to_owned(),
                    email: email.to_owned(),
                    password_hash: format!("hash of {user_id}"),
                    ..account::create::CreateAccount::default()
                };
                account::create::create(tx, &new)
            })
        };
        let alice = create("alice", "Alice@Example.org");
        create("bob", "shared@example.org");
        let carla = create("carla", "shared@example.org");
        create("dora@example.org", "");
        create("erik", "dora@example.org");
        let found = |login: &'static str| {
            app.write(move |tx| find_by_login(tx, login)).map(|account| account.user_id)
        };
        assert_eq!(found("ALICE").as_deref(), Some("alice"));
        assert_eq!(found("aLICE@example.ORG").as_deref(), Some("alice"));
        assert_eq!(found("Dora@example.org").as_deref(), Some("dora@example.org"), "an id comes first");
        assert_eq!((found("shared@example.org"), found("nobody@example.org"), found("")), (None, None, None));
        app.write(move |tx| accounts::set_enabled(tx, carla, false));
        assert_eq!(found("shared@example.org").as_deref(), Some("bob"), "the only one that is enabled");

        let (secret, _) = app.write(move |tx| app_password::create::insert(tx, alice, "x"));
        let signs_in = |user_key: &str, is_password: bool| {
            let user_key = user_key.to_owned();
            let credentials = if is_password {
                Credentials::Password { user_key, password_hash: "hash of alice".into() }
            } else {
                let secret_hash = crate::secret::hash(&secret);
                Credentials::AppPassword { secret_hash, user_key: Some(user_key) }
            };
            app.try_write(move |tx| identify(tx, &credentials)).is_ok()
        };
        for is_password in [true, false] {
            assert!(signs_in("alice@example.org", is_password));
            assert!(!signs_in("shared@example.org", is_password));
        }
    }

    #[test]
    fn a_cookie_ends_with_what_it_stands_for() {
        let app = App::new();
        let alice = app.user("alice");
        let secret = app.write(move |tx| account::session::begin_web_session(tx, alice.id, None));
        let cookie = Credentials::Cookie { secret_hash: crate::secret::hash(&secret) };
        let shown = cookie.clone();
        let caller = || {
            app.write({
                let shown = shown.clone();
                move |tx| identify(tx, &shown)
            })
        };
        assert!(caller().account().is_some());
        app.wind(account::session::WEB_SESSION_SECONDS - 1);
        assert!(caller().account().is_some());
        app.wind(1);
        assert!(caller().account().is_none(), "expired");
    }
}
