//! "Add conversation to favorites" and "Remove conversation from favorites".

use plauder_model::Token;
use plauder_store::accounts::Account;
use plauder_store::{Transaction, attendees};

use crate::access::{Access, AccessError};

/// Marks a conversation as one of the account's favourites, or unmarks it.
pub fn set(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    favorite: bool,
) -> Result<(), AccessError> {
    let access = Access::load_locked(tx, account, token)?;
    Ok(attendees::set_favorite(tx, access.attendee.id, favorite)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn favourites_are_each_accounts_own() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let try_set = |account: &Account, favorite| {
            let (account, room) = (account.clone(), room.clone());
            app.try_write(move |tx| set(tx, &account, &room, favorite))
        };
        try_set(&alice, true).unwrap();
        assert_eq!(
            (app.lists(&alice)[0].own().is_favorite, app.lists(&bob)[0].own().is_favorite),
            (true, false)
        );
        try_set(&alice, true).unwrap();
        try_set(&alice, false).unwrap();
        assert!(!app.lists(&alice)[0].own().is_favorite);
        assert!(matches!(try_set(&carla, true), Err(AccessError::NotFound)), "public, but without a seat");
    }
}
