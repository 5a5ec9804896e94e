//! Listing circles.

use plauder_store::{StoreError, Transaction, circles};

use super::{CircleActor, CircleView};

/// The actor's circles, or all circles for an administrator, ordered by name.
pub fn list(tx: &mut Transaction<'_>, actor: CircleActor<'_>) -> Result<Vec<CircleView>, StoreError> {
    let is_administered = actor.administers(tx)?;
    let found = match actor.account() {
        Some(account) if !is_administered => circles::list_by_account(tx, account)?,
        viewer => circles::list(tx, viewer)?,
    };
    Ok(found.into_iter().map(|circle| CircleView { circle, is_administered }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn circles_are_listed_for_members_and_administrators() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.administrator(&carla);
        app.makes_circle(&alice, "rowers", &["bob"]);
        app.makes_circle(&bob, "Cooks", &[]);
        app.makes_circle(&alice, "Empty", &[]);
        let seen_by = |actor: Option<&plauder_store::accounts::Account>| {
            let account = actor.cloned();
            let seen = app.write(move |tx| {
                list(tx, account.as_ref().map_or(CircleActor::CommandLine, CircleActor::Account))
            });
            seen.into_iter().map(|one| (one.circle.name, one.circle.population)).collect::<Vec<_>>()
        };
        let [cooks, empty, rowers] =
            [("Cooks", 1), ("Empty", 1), ("rowers", 2)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(seen_by(Some(&alice)), [empty.clone(), rowers.clone()]);
        assert_eq!(seen_by(Some(&bob)), [cooks.clone(), rowers.clone()]);
        for everything in [seen_by(Some(&carla)), seen_by(None)] {
            assert_eq!(everything, [cooks.clone(), empty.clone(), rowers.clone()]);
        }
    }
}
