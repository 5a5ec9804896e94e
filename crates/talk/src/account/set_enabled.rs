//! Enabling and disabling accounts. For administrators.

use plauder_store::Transaction;

use super::access::find_other;
use super::change::{Change, change};
use super::edit::EditError;
use crate::SignedIn;

/// Enables or disables the account `id`, unless it is the caller's own.
pub fn set_enabled(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
    enabled: bool,
) -> Result<(), EditError> {
    let account = find_other(tx, caller, id)?;
    Ok(change(tx, &account, &Change::Enabled(enabled))?)
}

#[cfg(test)]
mod tests {
    use plauder_model::Reason;
    use plauder_store::accounts;

    use super::*;
    use crate::UseCaseError as _;
    use crate::account::remove::remove;
    use crate::testing::{App, signed_in};

    #[test]
    fn administrators_disable_and_remove_others_but_not_themselves() {
        let app = App::new();
        let alice = signed_in(&app.user("alice"));
        app.user("bob");
        let set = |id: &'static str, enabled| {
            let alice = alice.clone();
            app.try_write(move |tx| set_enabled(tx, &alice, id, enabled))
        };
        let is_enabled = || app.write(|tx| accounts::find(tx, "bob")).unwrap().enabled;
        set("BOB", false).unwrap();
        assert!(!is_enabled());
        set("bob", true).unwrap();
        assert!(is_enabled());
        assert_eq!(set("nobody", false).unwrap_err().reason(), Reason::NotFound);
        assert_eq!(set("Alice", false).unwrap_err().reason(), Reason::Oneself);
        let remove_account = |id: &'static str| {
            let alice = alice.clone();
            app.try_write(move |tx| remove(tx, &alice, id))
        };
        assert_eq!(remove_account("alice").unwrap_err().reason(), Reason::Oneself);
        remove_account("bob").unwrap();
        assert_eq!(app.write(|tx| accounts::find(tx, "bob")), None);
    }
}
