//! What is told of each request: a line in the log with an id, and counts.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use plauder_model::chance;
use tracing::Instrument as _;

use crate::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around everything. The log gets the route and not the address: a token in it is as good as a key.
pub(crate) async fn request(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = chance::word(app.chance.as_ref(), b"0123456789abcdef", 16);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, %method, route);
    let began = Instant::now();
    let in_flight = InFlight::begin(&app);
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);
    let took = began.elapsed();
    let status = response.status();
    app.metrics.count(&method, &route, status.as_u16(), took);
    span.in_scope(|| tracing::info!(status = status.as_u16(), ms = took.as_secs_f64() * 1000.0, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A request that is being answered; also ends when its sender hangs up before.
struct InFlight<'a>(&'a App);

impl<'a> InFlight<'a> {
    fn begin(app: &'a App) -> Self {
        app.metrics.in_flight.inc();
        Self(app)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.metrics.in_flight.dec();
    }
}
