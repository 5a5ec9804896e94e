//! App passwords: secrets that programs get and give back themselves.

pub mod create;
pub mod revoke;
pub mod rotate;

use plauder_model::Reason;
use plauder_store::StoreError;
use thiserror::Error;

use crate::caller::IdentifyError;
use crate::refusal::{Refusal, UseCaseError};

/// Why an app password is not created, rotated or revoked.
#[derive(Debug, Error)]
pub enum AppPasswordError {
    /// A cookie is valid for a day; it must not become a secret that is valid for ever.
    #[error("You cannot request an new apppassword with an apppassword")]
    PasswordRequired,
    /// The credentials are no app password.
    #[error("no app password in use")]
    NotInUse,
    /// The credentials have changed since they were checked.
    #[error(transparent)]
    Identify(#[from] IdentifyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for AppPasswordError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::PasswordRequired => Reason::PasswordRequired.into(),
            Self::NotInUse => Reason::AppPasswordRequired.into(),
            Self::Identify(error) => error.refusal(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}
