//! The parameters in the path of a request.

use axum::extract::FromRequestParts;
use axum::extract::path::{InvalidUtf8InPathParam, RawPathParams};
use axum::extract::rejection::RawPathParamsRejection;
use axum::http::request::Parts;

use crate::answer::Failure;

/// The decoded parameters in the path of a request. A segment that is not UTF-8 is refused with 400. A segment may
/// contain U+0000: it names nothing, which is 404.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathParameters(Vec<(String, String)>);

impl PathParameters {
    /// The segment that the route calls `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The names and segments, in the order of the path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathParameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match RawPathParams::from_request_parts(parts, state).await {
            Ok(raw) => {
                Ok(Self(raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
            }
            Err(RawPathParamsRejection::InvalidUtf8InPathParam(error)) => Err(refuse(&error)),
            // The route has no parameters.
            Err(_) => Ok(Self::default()),
        }
    }
}

/// The refusal of a segment that is not UTF-8. Only axum's message names the segment.
fn refuse(error: &InvalidUtf8InPathParam) -> Failure {
    Failure::bad_request(format!("The path has to be text in UTF-8: {}", error.body_text()))
}
