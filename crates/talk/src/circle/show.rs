//! Showing a circle.

use plauder_store::Transaction;

use super::{CircleAccessError, CircleActor, CircleView, access};

/// A circle. For members and administrators.
pub fn show(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
) -> Result<CircleView, CircleAccessError> {
    access::load(tx, actor, id)
}

#[cfg(test)]
mod tests {
    use plauder_model::CircleLevel;

    use super::*;
    use crate::testing::App;

    #[test]
    fn circles_are_shown_to_members_and_administrators() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (carla, dora) = (app.user("carla"), app.user("dora"));
        app.administrator(&carla);
        let id = app.makes_circle(&alice, "Rowers", &["bob"]);
        let seen_by = |account: &plauder_store::accounts::Account| {
            let (account, id) = (account.clone(), id.clone());
            app.try_write(move |tx| show(tx, CircleActor::Account(&account), &id))
        };
        let of_bob = seen_by(&bob).unwrap();
        assert_eq!(of_bob.circle.owner.display_name, "Alice");
        assert!(of_bob.allows(CircleLevel::Member) && !of_bob.allows(CircleLevel::Moderator));
        let of_carla = seen_by(&carla).unwrap();
        assert_eq!((of_carla.circle.viewer.as_ref(), of_carla.circle.population), (None, 2));
        assert!(of_carla.allows(CircleLevel::Owner));
        assert!(matches!(seen_by(&dora), Err(CircleAccessError::NotFound)));
        assert!(matches!(
            app.try_write(|tx| show(tx, CircleActor::CommandLine, "nosuchcircle")),
            Err(CircleAccessError::NotFound)
        ));
    }
}
