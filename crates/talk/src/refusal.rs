//! How a use case fails: it refuses for a [`Reason`], or the store fails.

use std::error::Error;

use plauder_model::Reason;
use plauder_store::StoreError;

/// What is behind the error of a use case.
#[derive(Debug)]
pub enum Refusal<'a> {
    /// The use case refuses the request.
    Reason(Reason),
    /// The store failed; the error belongs in the log, not in the response.
    Store(&'a StoreError),
}

/// The error of a use case. Each error enum implements it in its own file, by a `match` without a catch-all.
pub trait UseCaseError: Error + From<StoreError> + Send + 'static {
    /// What is behind this error.
    fn refusal(&self) -> Refusal<'_>;

    /// The reason that a version of the API renders.
    fn reason(&self) -> Reason {
        match self.refusal() {
            Refusal::Reason(reason) => reason,
            Refusal::Store(_) => Reason::Store,
        }
    }

    /// The store's error, if it was the store that failed.
    fn store_error(&self) -> Option<&StoreError> {
        match self.refusal() {
            Refusal::Reason(_) => None,
            Refusal::Store(error) => Some(error),
        }
    }
}

impl From<Reason> for Refusal<'_> {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

/// A use case that never refuses fails only with the store.
impl UseCaseError for StoreError {
    fn refusal(&self) -> Refusal<'_> {
        Refusal::Store(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::AccessError;
    use crate::conversation::rename::RenameRoomError;

    #[test]
    fn a_wrapped_error_keeps_its_reason_and_its_store_error() {
        let refused = RenameRoomError::from(AccessError::NotModerator);
        assert_eq!(refused.reason(), Reason::NotModerator);
        assert!(refused.store_error().is_none());
        let failed = RenameRoomError::from(AccessError::from(StoreError::Impossible("a fault".to_owned())));
        assert_eq!(failed.reason(), Reason::Store);
        assert!(matches!(failed.store_error(), Some(StoreError::Impossible(_))));
    }
}
