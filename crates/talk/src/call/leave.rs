//! Leaving a call.

use plauder_model::{Reason, Token};
use plauder_store::{StoreError, Transaction};
use thiserror::Error;

use super::take_out;
use crate::Caller;
use crate::access::{Access, AccessError};
use crate::refusal::{Refusal, UseCaseError};

/// Why the caller cannot leave the call.
#[derive(Debug, Error)]
pub enum LeaveCallError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The caller has no session in the conversation.
    #[error("You are not online in this conversation")]
    NoSession,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for LeaveCallError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::NoSession => Reason::NoSession.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Removes the caller from the call; their session in the conversation stays.
pub fn leave(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<(), LeaveCallError> {
    let access = Access::load_locked(tx, caller, token)?;
    let sessions = access.sessions(tx)?;
    if sessions.is_empty() {
        return Err(LeaveCallError::NoSession);
    }
    for session in sessions {
        take_out(tx, &access.conversation, access.actor(), &session)?;
    }
    Ok(())
}
