//! The members of a circle.

use plauder_store::circles::CircleMember;
use plauder_store::{Transaction, circles};

use super::{CircleAccessError, CircleActor, CircleView, access};

/// A circle with its members in the order in which they joined. For members and administrators.
pub fn members(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
) -> Result<(CircleView, Vec<CircleMember>), CircleAccessError> {
    let view = access::load(tx, actor, id)?;
    let members = circles::list_members(tx, view.circle.key)?;
    Ok((view, members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn members_are_listed_in_the_order_in_which_they_joined() {
        let app = App::new();
        let (alice, bob) = (app.user("carla"), app.user("bob"));
        app.user("alice");
        let id = app.makes_circle(&alice, "Rowers", &["alice"]);
        let seen = id.clone();
        let (_, listed) = app.write(move |tx| members(tx, CircleActor::Account(&alice), &seen));
        let listed: Vec<_> = listed.iter().map(|one| (one.user_id.as_str(), one.level.number())).collect();
        assert_eq!(listed, [("carla", 9), ("alice", 1)]);
        let refused = app.try_write(move |tx| members(tx, CircleActor::Account(&bob), &id));
        assert!(matches!(refused, Err(CircleAccessError::NotFound)));
    }
}
