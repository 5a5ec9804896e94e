//! Creating a circle.

use plauder_model::Reason;
use plauder_model::person::display_name;
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, circles};
use thiserror::Error;

use super::{CircleActor, CircleView};
use crate::refusal::{Refusal, UseCaseError};

/// Why a circle is not created.
#[derive(Debug, Error)]
pub enum CreateCircleError {
    /// The name is not acceptable.
    #[error("name has to have 1 to 64 characters, one of them visible and none a control character")]
    Name,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for CreateCircleError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Name => Reason::DisplayName.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Creates a circle with `owner` as its only member. Several circles may have the same name.
pub fn create(
    tx: &mut Transaction<'_>,
    owner: &Account,
    name: &str,
) -> Result<CircleView, CreateCircleError> {
    let name = display_name(name).ok_or(CreateCircleError::Name)?;
    let id = circles::insert(tx, name, owner.id)?;
    let created = circles::find(tx, &id, Some(owner.id))?;
    let mut circle =
        created.ok_or_else(|| StoreError::Impossible("a new circle that is not there".to_owned()))?;
    // Clients expect 0 members in the answer to this request.
    circle.population = 0;
    Ok(CircleView { circle, is_administered: CircleActor::Account(owner).administers(tx)? })
}

#[cfg(test)]
mod tests {
    use plauder_model::CircleLevel;

    use super::*;
    use crate::testing::App;

    #[test]
    fn the_creator_owns_the_circle() {
        let app = App::new();
        let alice = app.user("alice");
        let make = |name: &'static str| {
            let alice = alice.clone();
            app.try_write(move |tx| create(tx, &alice, name))
        };
        let first = make(" Rowers ").unwrap().circle;
        assert_eq!((first.name.as_str(), first.id.len(), first.created_at), ("Rowers", 31, 1_600_000_000));
        assert_eq!((first.owner.user_id.as_str(), first.owner.level), ("alice", CircleLevel::Owner));
        assert_eq!(first.viewer, Some(first.owner));
        assert_ne!(make("Rowers").unwrap().circle.id, first.id, "names need not differ");
        for name in ["", "  ", "\u{2060}", "a\tb"] {
            assert!(matches!(make(name), Err(CreateCircleError::Name)), "{name:?}");
        }
        let long = "n".repeat(65);
        assert!(matches!(app.try_write(move |tx| create(tx, &alice, &long)), Err(CreateCircleError::Name)));
    }
}
