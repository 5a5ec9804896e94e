//! Changing an account.

use plauder_model::person::display_name;
use plauder_model::{EmailAddress, Reason};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts, web_sessions};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The name that people see.
    DisplayName(String),
    /// The e-mail address; empty: none.
    Email(String),
    /// The password, hashed already.
    PasswordHash(String),
    /// Whether the account can sign in.
    Enabled(bool),
}

/// Why an account is not changed.
#[derive(Debug, Error)]
pub enum ChangeAccountError {
    /// The display name is not acceptable.
    #[error("displayname has to have 1 to 64 characters, one of them visible and none a control character")]
    DisplayName,
    /// The text is no e-mail address.
    #[error("email has to be an e-mail address")]
    Email,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for ChangeAccountError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::DisplayName => Reason::DisplayName.into(),
            Self::Email => Reason::EmailAddress.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Changes an account. A new password ends the cookies that were issued for the old one.
pub fn change(
    tx: &mut Transaction<'_>,
    account: &Account,
    change: &Change,
) -> Result<(), ChangeAccountError> {
    match change {
        Change::DisplayName(name) => {
            let name = display_name(name).ok_or(ChangeAccountError::DisplayName)?;
            accounts::set_display_name(tx, account.id, name)?;
        }
        Change::Email(address) if address.trim().is_empty() => accounts::set_email(tx, account.id, "")?,
        Change::Email(address) => {
            let address = EmailAddress::parse(address).ok_or(ChangeAccountError::Email)?;
            accounts::set_email(tx, account.id, address.as_str())?;
        }
        Change::PasswordHash(hash) => {
            accounts::set_password(tx, account.id, hash)?;
            web_sessions::delete_by_password(tx, account.id)?;
        }
        Change::Enabled(enabled) => {
            accounts::set_enabled(tx, account.id, *enabled)?;
            if !enabled {
                web_sessions::delete_all(tx, account.id)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::session::begin_web_session;
    use crate::app_password;
    use crate::secret;
    use crate::testing::App;

    #[test]
    fn display_names_and_addresses_are_changed() {
        let app = App::new();
        let alice = app.user("alice");
        let try_to = |wanted: Change| {
            let alice = alice.clone();
            app.try_write(move |tx| change(tx, &alice, &wanted))
        };
        try_to(Change::DisplayName(" Ally ".into())).unwrap();
        try_to(Change::Email("A@Example.org".into())).unwrap();
        assert!(try_to(Change::DisplayName(String::new())).is_err());
        assert!(try_to(Change::Email("nowhere".into())).is_err());
        let changed = app.write(|tx| accounts::find(tx, "alice")).unwrap();
        assert_eq!((changed.display_name.as_str(), changed.email.as_str()), ("Ally", "a@example.org"));
        try_to(Change::Email(" ".into())).unwrap();
        assert_eq!(app.write(|tx| accounts::find(tx, "alice")).unwrap().email, "");
    }

    #[test]
    fn changes_of_credentials_end_cookies() {
        let app = App::new();
        let alice = app.user("alice");
        let cookies = || {
            let id = alice.id;
            app.write(move |tx| {
                let (_, app_password) = app_password::create::insert(tx, id, "x")?;
                Ok::<_, StoreError>([
                    begin_web_session(tx, id, None)?,
                    begin_web_session(tx, id, Some(app_password))?,
                ])
            })
        };
        let are_valid = |secrets: [String; 2]| {
            secrets
                .map(|secret| app.write(move |tx| web_sessions::find(tx, &secret::hash(&secret))).is_some())
        };
        let try_to = |wanted: Change| {
            let alice = alice.clone();
            app.write(move |tx| change(tx, &alice, &wanted));
        };
        let first = cookies();
        try_to(Change::PasswordHash("new".into()));
        assert_eq!(are_valid(first), [false, true], "the app password's cookie is not the password's");
        let second = cookies();
        try_to(Change::Enabled(false));
        assert_eq!(are_valid(second), [false, false]);
    }
}
