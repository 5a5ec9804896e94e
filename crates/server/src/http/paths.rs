//! Normalisation of paths before routing.

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

/// A router that ignores `/index.php` at the beginning of a path and repeated slashes: proxies and clients send both.
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

/// The prefix of every path on PHP servers that cannot rewrite paths.
const FRONT_CONTROLLER: &str = "/index.php";

/// `uri` with a normalised path. `None` if the path is normalised already.
fn normalized(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    // The usual case.
    if !path.contains("//") && strip_front_controller(path).is_none() {
        return None;
    }
    let mut folded = String::with_capacity(uri.path_and_query().map_or(0, |whole| whole.as_str().len()));
    for character in path.chars() {
        if character != '/' || !folded.ends_with('/') {
            folded.push(character);
        }
    }
    let mut whole = match strip_front_controller(&folded) {
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

/// The rest of a path that begins with [`FRONT_CONTROLLER`].
fn strip_front_controller(path: &str) -> Option<&str> {
    path.strip_prefix(FRONT_CONTROLLER).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_slashes_and_index_php_are_removed() {
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
    fn other_paths_are_not_changed() {
        for path in ["/", "/ocs/v2.php/x?y=//z", "/index.phpx", "/a/index.php/b", "/%2F%2F", "*"] {
            assert_eq!(normalized(&path.parse().unwrap()), None, "{path}");
        }
    }
}
