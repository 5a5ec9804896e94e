//! Changing an account at the request of its owner or of an administrator.

use plauder_model::Reason;
use plauder_store::{StoreError, Transaction};
use thiserror::Error;

use super::access::{AccountAccessError, find_to_edit};
use super::change::{Change, ChangeAccountError, change};
use crate::SignedIn;
use crate::caller::{IdentifyError, lock_account};
use crate::refusal::{Refusal, UseCaseError};

/// Why an account is not changed.
#[derive(Debug, Error)]
pub enum EditError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccountAccessError),
    /// Owners change their password only with the current one: a stolen cookie must not lock them out.
    #[error("Your password is changed by showing the one that it has now")]
    PasswordRequired,
    /// Accounts have no such property.
    #[error("key has to be displayname, email or password")]
    UnknownProperty,
    /// The new value is not acceptable.
    #[error(transparent)]
    Change(#[from] ChangeAccountError),
    /// The credentials have changed since they were checked.
    #[error(transparent)]
    Identify(#[from] IdentifyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for EditError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::PasswordRequired => Reason::PasswordRequired.into(),
            Self::UnknownProperty => Reason::UnknownProperty.into(),
            Self::Change(error) => error.refusal(),
            Self::Identify(error) => error.refusal(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// A property of an account that requests change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// The name to show.
    DisplayName,
    /// The e-mail address.
    Email,
    /// The password.
    Password,
}

impl Property {
    /// The property that requests call `key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "displayname" | "display" => Some(Self::DisplayName),
            "email" => Some(Self::Email),
            "password" => Some(Self::Password),
            _ => None,
        }
    }

    /// The change of this property to `value`; the value of a password is its hash.
    #[must_use]
    pub fn change_to(self, value: String) -> Change {
        match self {
            Self::DisplayName => Change::DisplayName(value),
            Self::Email => Change::Email(value),
            Self::Password => Change::PasswordHash(value),
        }
    }
}

/// Refuses unless the caller may change the password of the account `id`. Checked before the new password is hashed,
/// because hashing is slow.
pub fn require_password_change(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
    presented_password: bool,
) -> Result<(), EditError> {
    let account = find_to_edit(tx, caller, id)?;
    if account.id == caller.account.id && !presented_password {
        return Err(EditError::PasswordRequired);
    }
    Ok(())
}

/// Changes the account `id`. `wanted` is absent if the request names a property that accounts do not have. For the
/// account's owner and administrators.
pub fn edit(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
    wanted: Option<&Change>,
) -> Result<(), EditError> {
    let account = find_to_edit(tx, caller, id)?;
    let wanted = wanted.ok_or(EditError::UnknownProperty)?;
    if account.id == caller.account.id && matches!(wanted, Change::PasswordHash(_)) {
        lock_account(tx, caller)?;
    }
    Ok(change(tx, &account, wanted)?)
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::{self, Account};

    use super::*;
    use crate::testing::{App, signed_in};

    #[test]
    fn owners_and_administrators_edit_an_account() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.administrator(&alice);
        let try_edit = |by: &Account, key: &'static str, value: &'static str| {
            let by = signed_in(by);
            let wanted = Property::from_key(key).map(|property| property.change_to(value.to_owned()));
            app.try_write(move |tx| edit(tx, &by, "bob", wanted.as_ref()))
        };
        try_edit(&bob, "displayname", "Robert").unwrap();
        try_edit(&alice, "email", "bob@example.org").unwrap();
        let now = app.write(|tx| accounts::find(tx, "bob")).unwrap();
        assert_eq!((now.display_name.as_str(), now.email.as_str()), ("Robert", "bob@example.org"));
        assert_eq!(try_edit(&carla, "quota", "1").unwrap_err().reason(), Reason::NotFound, "before the key");
        assert_eq!(try_edit(&bob, "quota", "1").unwrap_err().reason(), Reason::UnknownProperty);
        assert_eq!(try_edit(&bob, "email", "nowhere").unwrap_err().reason(), Reason::EmailAddress);
    }

    #[test]
    fn a_password_is_changed_by_presenting_the_current_one() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.administrator(&alice);
        let require = |by: &Account, presented| {
            let by = signed_in(by);
            app.try_write(move |tx| require_password_change(tx, &by, "bob", presented))
        };
        assert!(matches!(require(&bob, false), Err(EditError::PasswordRequired)));
        require(&bob, true).unwrap();
        require(&alice, false).unwrap();
        let by = signed_in(&bob);
        let set = move |hash: &'static str| {
            let by = by.clone();
            app.try_write(move |tx| edit(tx, &by, "bob", Some(&Change::PasswordHash(hash.to_owned()))))
        };
        set("first").unwrap();
        assert_eq!(
            set("second").unwrap_err().reason(),
            Reason::Unauthenticated,
            "not the same password any more"
        );
    }
}
