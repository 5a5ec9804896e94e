//! Telling a client's request from one that a foreign site made a browser send.
//!
//! A browser sends its cookies along with what another site lets it post, but that site cannot add a header of its
//! own. So whoever sends `OCS-APIRequest: true` is a client that means it.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The names under which the header arrives. Proxies that speak CGI or its kin write underscores.
const NAMES: [&str; 2] = ["ocs-apirequest", "ocs_apirequest"];

/// Whether the headers are those of a client.
#[must_use]
pub fn passes(headers: &HeaderMap) -> bool {
    let mut values = NAMES.iter().filter_map(|name| headers.get(*name));
    values.any(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// The refusal of everything else: 412, outside of any envelope.
#[derive(Debug, Clone, Copy)]
pub struct CrossSite;

impl IntoResponse for CrossSite {
    fn into_response(self) -> Response {
        (StatusCode::PRECONDITION_FAILED, Json(json!({ "message": "CSRF check failed" }))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_header_counts_in_both_spellings() {
        for (name, value, expected) in [
            ("OCS-APIRequest", "true", true),
            ("OCS_APIREQUEST", "True", true),
            ("OCS-APIRequest", "false", false),
            ("OCS-API-Request", "true", false),
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(value))]);
            assert_eq!(passes(&headers), expected, "{name}: {value}");
        }
        assert!(!passes(&HeaderMap::new()));
    }
}
