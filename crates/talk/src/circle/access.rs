//! Who may do what with a circle. A request is refused first because the circle does not exist, or not for the actor
//! (404), then because of the actor's level in it, then because of a value.

use plauder_model::Reason;
use plauder_model::{AccountId, CircleLevel};
use plauder_store::accounts::Account;
use plauder_store::circles::Circle;
use plauder_store::{StoreError, Transaction, circles};
use thiserror::Error;

use super::CircleView;
use crate::account::access::is_admin;
use crate::refusal::{Refusal, UseCaseError};

/// Who acts on a circle.
#[derive(Debug, Clone, Copy)]
pub enum CircleActor<'a> {
    /// An account.
    Account(&'a Account),
    /// The command line, which may do everything.
    CommandLine,
}

/// Why an actor may not do something with a circle.
#[derive(Debug, Error)]
pub enum CircleAccessError {
    /// The circle does not exist, or not for the actor.
    #[error("Circle not found")]
    NotFound,
    /// The actor's level in the circle is too low.
    #[error("Insufficient rights")]
    Level,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for CircleAccessError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NotFound => Reason::NotFound.into(),
            Self::Level => Reason::TeamLevel.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

impl CircleActor<'_> {
    pub(super) fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account.id),
            Self::CommandLine => None,
        }
    }

    /// Whether the actor may do everything with all circles.
    pub(super) fn administers(self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        match self {
            Self::Account(account) => is_admin(tx, account),
            Self::CommandLine => Ok(true),
        }
    }
}

/// Loads a circle for a member of it or an administrator of the server.
pub(super) fn load(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
) -> Result<CircleView, CircleAccessError> {
    let circle = circles::find(tx, id, actor.account())?.ok_or(CircleAccessError::NotFound)?;
    let is_administered = actor.administers(tx)?;
    if circle.viewer.is_none() && !is_administered {
        return Err(CircleAccessError::NotFound);
    }
    Ok(CircleView { circle, is_administered })
}

/// Loads a circle as [`load`] does, and locks it and its members until the transaction ends.
pub(super) fn load_locked(
    tx: &mut Transaction<'_>,
    actor: CircleActor<'_>,
    id: &str,
) -> Result<CircleView, CircleAccessError> {
    circles::lock(tx, id)?;
    load(tx, actor, id)
}

impl CircleView {
    /// Refuses unless the actor may do what members of `level` may.
    pub(super) fn require(&self, level: CircleLevel) -> Result<(), CircleAccessError> {
        if self.allows(level) { Ok(()) } else { Err(CircleAccessError::Level) }
    }
}

/// The circle called `id` if an account is in it or administers the server.
pub(crate) fn visible(
    tx: &mut Transaction<'_>,
    account: &Account,
    id: &str,
) -> Result<Option<Circle>, StoreError> {
    match load(tx, CircleActor::Account(account), id) {
        Ok(view) => Ok(Some(view.circle)),
        Err(CircleAccessError::NotFound | CircleAccessError::Level) => Ok(None),
        Err(CircleAccessError::Store(error)) => Err(error),
    }
}
