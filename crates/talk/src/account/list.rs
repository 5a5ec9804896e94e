//! Searching accounts. For administrators.

use plauder_store::{StoreError, Transaction, accounts};

use super::view::AccountView;
use crate::search::Search;

/// The ids of the accounts whose id or name contains the text, ordered by id.
pub fn list(tx: &mut Transaction<'_>, search: &Search) -> Result<Vec<String>, StoreError> {
    let found = accounts::search(tx, search.text(), search.limit(), search.offset())?;
    Ok(found.into_iter().map(|account| account.user_id).collect())
}

/// The accounts that [`list`] finds.
pub fn list_details(tx: &mut Transaction<'_>, search: &Search) -> Result<Vec<AccountView>, StoreError> {
    let found = accounts::search_details(tx, search.text(), search.limit(), search.offset())?;
    Ok(found.into_iter().map(AccountView::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn accounts_are_found_by_id_and_name_in_pages() {
        let app = App::new();
        for id in ["carla", "alice", "carl", "bob"] {
            app.user(id);
        }
        let found = |text: &str, limit, offset| {
            let search = Search::new(text, limit, offset);
            app.write(move |tx| list(tx, &search))
        };
        assert_eq!(found("CARL", None, None), ["carl", "carla"]);
        assert_eq!(found("", Some(2), Some(1)), ["bob", "carl"]);
        assert_eq!(found("", Some(-1), Some(-5)).len(), 4, "as if absent");
        let search = Search::new("carla", None, None);
        let details = app.write(move |tx| list_details(tx, &search));
        assert_eq!(details[0].display_name, "Carla");
    }
}
