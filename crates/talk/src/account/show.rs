//! Showing one account.

use plauder_store::Transaction;

use super::access::{AccountAccessError, find_to_show};
use super::view::AccountView;
use crate::SignedIn;

/// The account `id`. For its owner and administrators.
pub fn show(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    id: &str,
) -> Result<AccountView, AccountAccessError> {
    let account = find_to_show(tx, caller, id)?;
    Ok(AccountView::load(tx, account)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, signed_in};

    #[test]
    fn an_account_is_shown_to_its_owner_and_to_administrators() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.administrator(&alice);
        app.group("crew", &["bob"]);
        let try_show = |by: &plauder_store::accounts::Account, id: &'static str| {
            let by = signed_in(by);
            app.try_write(move |tx| show(tx, &by, id))
        };
        let own = try_show(&bob, "BOB").unwrap();
        assert_eq!((own.user_id.as_str(), own.display_name.as_str()), ("bob", "Bob"));
        assert_eq!((own.groups.as_slice(), own.first_login), (["crew".to_owned()].as_slice(), 0));
        assert_eq!(try_show(&alice, "bob").unwrap(), own);
        for other in ["alice", "nobody"] {
            assert!(matches!(try_show(&bob, other), Err(AccountAccessError::NotFound)), "{other}");
        }
        assert!(matches!(try_show(&alice, "nobody"), Err(AccountAccessError::Unknown)));
    }
}
