//! Removing an account from a group.

use plauder_model::GroupId;
use plauder_store::{Transaction, groups};

use super::add_member::{GroupMemberError, find};
use crate::SignedIn;

/// Removes the account `id` from the group `group`. Does nothing if it is no member. Administrators cannot remove
/// themselves from the group of administrators.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    caller: &SignedIn,
    group: &str,
    id: &str,
) -> Result<(), GroupMemberError> {
    let (group, account) = find(tx, group, id)?;
    if group.id == GroupId::ADMIN && account.id == caller.account.id {
        return Err(GroupMemberError::OwnAdministration);
    }
    Ok(groups::remove_member(tx, group.key, account.id)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::add_member::add_member;
    use crate::group::{create, list, members};
    use crate::search::Search;
    use crate::testing::{App, signed_in};

    #[test]
    fn members_are_added_to_and_removed_from_a_group() {
        let app = App::new();
        let alice = app.user("alice");
        app.user("bob");
        app.administrator(&alice);
        app.write(|tx| create(tx, "crew/north", "North"));
        let add = |group: &'static str, id: &'static str| app.try_write(move |tx| add_member(tx, group, id));
        add("crew/north", "BOB").unwrap();
        add("crew/north", "bob").unwrap();
        assert!(matches!(add("ghosts", "nobody"), Err(GroupMemberError::UnknownGroup)), "before the account");
        assert!(matches!(add("crew/north", "nobody"), Err(GroupMemberError::UnknownAccount)));
        let listed = || app.write(|tx| members::list(tx, "crew/north"));
        assert_eq!(listed(), ["bob"]);
        let found = app.write(|tx| list::list(tx, &Search::new("NORTH", None, None)));
        assert_eq!((found[0].id.as_str(), found[0].members), ("crew/north", 1));
        let caller = signed_in(&alice);
        let remove = |group: &'static str, id: &'static str| {
            let caller = caller.clone();
            app.try_write(move |tx| remove_member(tx, &caller, group, id))
        };
        remove("crew/north", "bob").unwrap();
        remove("crew/north", "bob").unwrap();
        assert_eq!(listed(), [] as [&str; 0]);
        assert!(matches!(remove("admin", "Alice"), Err(GroupMemberError::OwnAdministration)));
        assert!(matches!(remove("ghosts", "bob"), Err(GroupMemberError::UnknownGroup)));
    }
}
