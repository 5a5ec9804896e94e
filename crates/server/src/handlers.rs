//! One handler a call: takes what the request carries, runs one use case, shows what it returned.

pub(crate) mod app_passwords;
pub(crate) mod calls;
pub(crate) mod capabilities;
pub(crate) mod chat;
pub(crate) mod circles;
pub(crate) mod conversations;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod me;
pub(crate) mod notifications;
pub(crate) mod participants;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod users;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use plauder_model::Token;
use plauder_ocs::answer::Answer;
use plauder_ocs::empty::Nothing;
use plauder_ocs::{Failure, Parameters};

use crate::error::ApiError;

/// The parameters of a request, or what is wrong with its body. Read by [`crate::caller::Asker::checked`].
pub(crate) type Sent = Result<Parameters, Failure>;

/// What a call answers that only does something.
pub(crate) type Done = Result<Answer<Nothing>, ApiError>;

/// The token in the address of a conversation. What cannot be one names no conversation: 404.
pub(crate) struct RoomToken(pub(crate) Token);

impl<S: Send + Sync> FromRequestParts<S> for RoomToken {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let token = text.ok().and_then(|Path(text)| Token::parse(&text));
        token.map(Self).ok_or_else(|| Failure::new(404).because("The conversation could not be found").into())
    }
}

/// An id of an account or a group in an address. One that cannot be read names nobody: 404.
pub(crate) struct PathId(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<String>::from_request_parts(parts, state).await {
            // PostgreSQL cannot hold U+0000, and so nobody is called so.
            Ok(Path(id)) if !id.contains('\0') => Ok(Self(id)),
            _ => Err(Failure::new(998).into()),
        }
    }
}
