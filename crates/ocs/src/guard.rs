//! Telling a client's request from one that a foreign site made a browser send.
//!
//! A browser sends its cookies along with what another site lets it post, but that site cannot add a header of its
//! own. So whoever sends `OCS-APIRequest: true` is a client that means it.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Whether the headers are those of a client.
#[must_use]
pub fn passes(headers: &HeaderMap) -> bool {
    headers.get("ocs-apirequest").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// The refusal of everything else: 412, outside of any envelope.
#[derive(Debug, Clone, Copy)]
pub struct CrossSite;

impl IntoResponse for CrossSite {
    fn into_response(self) -> Response {
        (StatusCode::PRECONDITION_FAILED, Json(json!({ "message": "CSRF check failed" }))).into_response()
    }
}
