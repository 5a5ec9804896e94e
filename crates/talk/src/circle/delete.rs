//! Deleting a circle.

use plauder_model::CircleLevel;
use plauder_store::{Transaction, circles};

use super::{CircleAccessError, CircleActor, CircleView, access};

/// Deletes a circle and returns it as it was; conversations that were created for it stay. For its owner, its admins
/// and administrators.
pub fn delete(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
) -> Result<CircleView, CircleAccessError> {
    let view = access::load_locked(tx, actor, id)?;
    view.require(CircleLevel::Admin)?;
    circles::delete(tx, view.circle.key)?;
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn members_and_conversations_of_a_deleted_circle_stay() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        app.administrator(&carla);
        app.enables_circles();
        let id = app.makes_circle(&alice, "Rowers", &["bob"]);
        app.makes_group_of_circle(&alice, &id);
        let try_delete = |account: &plauder_store::accounts::Account, id: &str| {
            let (account, id) = (account.clone(), id.to_owned());
            app.try_write(move |tx| delete(tx, CircleActor::Account(&account), &id))
        };
        assert!(matches!(try_delete(&bob, &id), Err(CircleAccessError::Level)));
        assert_eq!(try_delete(&alice, &id).unwrap().circle.population, 2);
        assert!(matches!(try_delete(&alice, &id), Err(CircleAccessError::NotFound)));
        assert_eq!(app.lists(&bob).len(), 1);
        let other = app.makes_circle(&alice, "Cooks", &["dora"]);
        try_delete(&carla, &other).unwrap();
        assert_eq!(app.write(|tx| circles::list(tx, None)), []);
    }
}
