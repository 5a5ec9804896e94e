//! Protection against cross-site request forgery.
//!
//! A browser sends its cookies with a form of another site, but the other site cannot add a header of its own.
//! Therefore a request with `OCS-APIRequest: true` comes from a client.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The names of the header. Proxies that speak CGI or a similar protocol send underscores.
const NAMES: [&str; 2] = ["ocs-apirequest", "ocs_apirequest"];

/// Whether the request comes from a client.
#[must_use]
pub fn is_from_client(headers: &HeaderMap) -> bool {
    let mut values = NAMES.iter().filter_map(|name| headers.get(*name));
    values.any(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// The refusal of other requests: 412, without an envelope.
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
    fn the_header_is_accepted_in_both_spellings() {
        for (name, value, expected) in [
            ("OCS-APIRequest", "true", true),
            ("OCS_APIREQUEST", "True", true),
            ("OCS-APIRequest", "false", false),
            ("OCS-API-Request", "true", false),
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(value))]);
            assert_eq!(is_from_client(&headers), expected, "{name}: {value}");
        }
        assert!(!is_from_client(&HeaderMap::new()));
    }
}
