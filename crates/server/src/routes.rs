//! The whole server as one router: the OCS API, whose errors come in its envelope, and pages, whose errors are pages.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use plauder_ocs::envelope::{unknown_method, unknown_route};
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::api::platform::{health, status};
use crate::api::{openapi, operations};
use crate::http::not_found::{unknown_page, unknown_page_method};
use crate::http::paths::NormalizePaths;
use crate::middleware::handle;

/// Everything below `/ocs/v1.php` or `/ocs/v2.php`.
fn ocs() -> Router<App> {
    operations::router().fallback(unknown_route).method_not_allowed_fallback(unknown_method)
}

/// The whole server.
pub fn router(app: App) -> NormalizePaths {
    let router = Router::new()
        .nest("/ocs/v1.php", ocs())
        .nest("/ocs/v2.php", ocs())
        .merge(openapi::router())
        .route("/status.php", get(status::status))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/", get(status::greeting))
        .route("/call/{token}", get(status::link))
        .fallback(unknown_page)
        .method_not_allowed_fallback(unknown_page_method)
        .layer(from_fn_with_state(app.clone(), handle))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app);
    NormalizePaths::new(router)
}
