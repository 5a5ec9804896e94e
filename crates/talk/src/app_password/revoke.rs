//! Ending an app password.

use plauder_store::{Transaction, app_passwords};

use super::AppPasswordError;
use crate::SignedIn;
use crate::caller::lock_account;

/// Ends the app password that the caller presented, and the cookies that were issued for it.
pub fn revoke(tx: &mut Transaction<'_>, caller: &SignedIn) -> Result<(), AppPasswordError> {
    let id = caller.app_password.ok_or(AppPasswordError::NotInUse)?;
    lock_account(tx, caller)?;
    let existed = app_passwords::delete(tx, caller.account.id, id)?;
    if existed { Ok(()) } else { Err(AppPasswordError::NotInUse) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app_password::create::create;
    use crate::app_password::rotate::rotate;
    use crate::caller::{Caller, Credentials, identify};
    use crate::secret;
    use crate::testing::{App, signed_in};

    #[test]
    fn an_app_password_is_created_rotated_and_revoked() {
        let app = App::new();
        let owner = signed_in(&app.user("alice"));
        let caller = |secret: &str| {
            let credentials = Credentials::AppPassword { secret_hash: secret::hash(secret), user_key: None };
            match app.try_write(move |tx| identify(tx, &credentials)) {
                Ok(Caller::Account(signed_in)) => Some(signed_in),
                _ => None,
            }
        };
        let by = owner.clone();
        let refused = app.try_write(move |tx| create(tx, &by, "phone", false));
        assert!(matches!(refused, Err(AppPasswordError::PasswordRequired)));
        let by = owner.clone();
        let first = app.write(move |tx| create(tx, &by, "phone", true));
        let phone = caller(&first).unwrap();
        for (by, presented) in [(&owner, true), (&phone, false)] {
            let by = by.clone();
            let refused = app.try_write(move |tx| rotate(tx, &by, presented));
            assert!(matches!(refused, Err(AppPasswordError::NotInUse)));
        }
        let by = phone.clone();
        let second = app.write(move |tx| rotate(tx, &by, true));
        assert!(caller(&first).is_none() && caller(&second).is_some());
        let old = phone.clone();
        assert!(matches!(
            app.try_write(move |tx| rotate(tx, &old, true)),
            Err(AppPasswordError::Identify(_))
        ));
        assert!(matches!(app.try_write(move |tx| revoke(tx, &phone)), Err(AppPasswordError::Identify(_))));
        let by = caller(&second).unwrap();
        app.write(move |tx| revoke(tx, &by));
        assert!(caller(&second).is_none());
        assert!(matches!(app.try_write(move |tx| revoke(tx, &owner)), Err(AppPasswordError::NotInUse)));
    }
}
