//! Who may do what with a circle: it is there for them or not, then their level in it, in this order.

use plauder_model::Reason;
use plauder_model::{AccountId, CircleLevel, GroupId};
use plauder_store::accounts::Account;
use plauder_store::circles::Circle;
use plauder_store::{StoreError, Transaction, circles, groups};
use thiserror::Error;

use super::CircleView;
use crate::refusal::{Refusal, UseCaseError};

/// Who does something with a circle.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// Somebody with an account.
    Account(&'a Account),
    /// Who has the store in their hands, and may do everything.
    CommandLine,
}

/// Why somebody does not get to what they want.
#[derive(Debug, Error)]
pub enum DoorError {
    /// There is no such circle, or not for them.
    #[error("Circle not found")]
    NotFound,
    /// Their level in it is too low.
    #[error("Insufficient rights")]
    Level,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for DoorError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NotFound => Reason::NotFound.into(),
            Self::Level => Reason::TeamLevel.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

impl Actor<'_> {
    pub(super) fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account.id),
            Self::CommandLine => None,
        }
    }

    /// Whether they may do everything with all circles.
    pub(super) fn administers(self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        match self {
            Self::Account(account) => groups::holds(tx, account.id, GroupId::ADMIN),
            Self::CommandLine => Ok(true),
        }
    }
}

/// Finds a circle for who is in it or administers the server.
pub(super) fn find(tx: &mut Transaction<'_>, actor: Actor<'_>, id: &str) -> Result<CircleView, DoorError> {
    let circle = circles::find(tx, id, actor.account())?.ok_or(DoorError::NotFound)?;
    let is_administered = actor.administers(tx)?;
    if circle.viewer.is_none() && !is_administered {
        return Err(DoorError::NotFound);
    }
    Ok(CircleView { circle, is_administered })
}

/// Finds a circle as [`find`] does. It and its members are nobody else's to change until the transaction ends.
pub(super) fn find_to_change(
    tx: &mut Transaction<'_>,
    actor: Actor<'_>,
    id: &str,
) -> Result<CircleView, DoorError> {
    circles::lock(tx, id)?;
    find(tx, actor, id)
}

impl CircleView {
    /// Goes on only for who may do what members of `level` may.
    pub(super) fn at_least(self, level: CircleLevel) -> Result<Self, DoorError> {
        if self.allows(level) { Ok(self) } else { Err(DoorError::Level) }
    }
}

/// The circle called `id` if an account is in it or administers the server.
pub(crate) fn visible(
    tx: &mut Transaction<'_>,
    account: &Account,
    id: &str,
) -> Result<Option<Circle>, StoreError> {
    match find(tx, Actor::Account(account), id) {
        Ok(view) => Ok(Some(view.circle)),
        Err(DoorError::NotFound | DoorError::Level) => Ok(None),
        Err(DoorError::Store(error)) => Err(error),
    }
}
