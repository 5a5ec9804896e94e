//! The whole server as one router.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use plauder_ocs::envelope::{unknown_method, unknown_route};
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::api::operations;
use crate::api::platform::{health, status};
use crate::edge::edge;

/// The whole server.
pub fn router(app: App) -> Router {
    Router::new()
        .nest("/ocs/v1.php", operations::router())
        .nest("/ocs/v2.php", operations::router())
        .route("/status.php", get(status::status))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/", get(status::greeting))
        .route("/call/{token}", get(status::link))
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        .layer(from_fn_with_state(app.clone(), edge))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app)
}
