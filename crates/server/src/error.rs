//! Errors in answers.

use axum::response::{IntoResponse, Response};
use plauder_ocs::Failure;
use plauder_store::StoreError;

/// An error in an answer: a code and a sentence. The cause of an internal error is logged once and not sent.
#[derive(Debug)]
pub(crate) struct ApiError(Failure);

impl ApiError {
    /// 500: the store failed. Logs the error.
    pub(crate) fn store(error: &StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self(Failure::internal())
    }

    /// 401: the credentials are wrong, or there are none where an account is needed.
    pub(crate) fn not_signed_in() -> Self {
        Self(Failure::not_signed_in())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::store(&error)
    }
}
