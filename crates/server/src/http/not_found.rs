//! Answers to requests without a route: a page for browsers, the envelope for clients.

use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use plauder_ocs::envelope::{unknown_method, unknown_route};

/// 404 outside of the OCS API.
pub(crate) async fn unknown_page(headers: HeaderMap) -> Response {
    if is_browser(&headers) {
        page(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is no page at this address. Please check how it is spelt.",
        )
    } else {
        unknown_route().await.into_response()
    }
}

/// 405 outside of the OCS API.
pub(crate) async fn unknown_page_method(headers: HeaderMap) -> Response {
    if is_browser(&headers) {
        page(StatusCode::METHOD_NOT_ALLOWED, "Not possible", "This address cannot be used in this way.")
    } else {
        unknown_method().await.into_response()
    }
}

/// 404 beside the metrics.
pub(crate) async fn unknown_metrics() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Only /metrics is here.\n")
}

/// Whether the request accepts HTML, as browsers do when they open an address and clients of the API do not.
fn is_browser(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepted.any(|accept| accept.to_ascii_lowercase().contains("text/html"))
}

/// A page of one sentence, without script or style. `title` and `sentence` are constants and not escaped.
fn page(status: StatusCode, title: &'static str, sentence: &'static str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>{sentence}</p>\n</body>\n</html>\n"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, html).into_response()
}
