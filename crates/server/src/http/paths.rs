//! The forms of a path that mean the same. They become one before a route is looked for.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use tower_service::Service;

/// A router whose paths may begin with `/index.php` and may repeat slashes: proxies and clients do both.
#[derive(Debug, Clone)]
pub struct NormalizePaths(Router);

impl NormalizePaths {
    /// Wraps `router`.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self(router)
    }
}

impl Service<Request<Body>> for NormalizePaths {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Router as Service<Request<Body>>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(uri) = normalized(request.uri()) {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

/// The segment that PHP servers put before every path where they cannot rewrite paths.
const FRONT: &str = "/index.php";

/// `uri` with its path in the form that routes have, if it is in another one.
fn normalized(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    // Next to all requests end here.
    if !path.contains("//") && strip_front(path).is_none() {
        return None;
    }
    let mut folded = String::with_capacity(uri.path_and_query().map_or(0, |whole| whole.as_str().len()));
    for character in path.chars() {
        if character != '/' || !folded.ends_with('/') {
            folded.push(character);
        }
    }
    let mut whole = match strip_front(&folded) {
        Some("") => "/".to_owned(),
        Some(rest) => rest.to_owned(),
        None => folded,
    };
    if let Some(query) = uri.query() {
        whole.push('?');
        whole.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(whole).ok()?);
    Uri::from_parts(parts).ok()
}

/// What follows [`FRONT`] in a path that begins with it.
fn strip_front(path: &str) -> Option<&str> {
    path.strip_prefix(FRONT).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_slashes_are_one_and_index_php_is_none() {
        for (path, expected) in [
            ("//status.php", "/status.php"),
            ("/ocs/v2.php///apps//spreed?a=b//c", "/ocs/v2.php/apps/spreed?a=b//c"),
            ("/index.php", "/"),
            ("/index.php/", "/"),
            ("/index.php?x", "/?x"),
            ("/index.php/call/abc?x", "/call/abc?x"),
            ("//index.php//ocs/v2.php/", "/ocs/v2.php/"),
            ("http://example.org//status.php", "http://example.org/status.php"),
        ] {
            assert_eq!(normalized(&path.parse().unwrap()).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn other_paths_stay() {
        for path in ["/", "/ocs/v2.php/x?y=//z", "/index.phpx", "/a/index.php/b", "/%2F%2F", "*"] {
            assert_eq!(normalized(&path.parse().unwrap()), None, "{path}");
        }
    }
}
