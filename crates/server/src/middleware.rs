//! The middleware around every request: it counts and logs the request, buffers its body, turns a panic into an answer,
//! and seals the answer into its envelope. It is one middleware, not several, because a waiting request keeps the
//! future of each in memory.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use plauder_model::rng;
use plauder_ocs::{Envelope, Failure};
use tracing::{Instrument as _, Span};

use crate::http::headers;
use crate::{App, buffer_body};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Handles a request around the router.
pub(crate) async fn handle(State(app): State<App>, request: Request, next: Next) -> Response {
    let record = RequestRecord::begin(app, &request);
    let envelope = Envelope::for_request(request.uri(), request.headers());
    let span = record.span.clone();
    let body_time = Duration::from_secs(record.in_flight.0.config.connections.body_seconds);
    let request = if request.body().is_end_stream() {
        Ok(request)
    } else {
        // Boxed, so that waiting requests, which have no body, do not keep its memory.
        Box::pin(buffer_body::buffer_body(request, body_time)).await
    };
    let response = match request {
        Ok(request) => {
            let result = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
            // The panic hook logs the cause.
            result.unwrap_or_else(|_| Failure::internal().into_response())
        }
        Err(failure) => failure.into_response(),
    };
    record.finish(envelope.seal(response))
}

/// A request in progress: its id, its span in the log, and its counts. The log names the route and not the path,
/// because a token in a path grants access.
struct RequestRecord {
    id: String,
    method: Method,
    route: Option<MatchedPath>,
    span: Span,
    started: Instant,
    in_flight: InFlight,
}

impl RequestRecord {
    fn begin(app: App, request: &Request) -> Self {
        let id = rng::random_string(app.rng.as_ref(), b"0123456789abcdef", 16);
        let method = request.method().clone();
        let route = request.extensions().get::<MatchedPath>().cloned();
        let span = tracing::info_span!("request", id, %method, route = route_name(route.as_ref()));
        Self { id, method, route, span, started: Instant::now(), in_flight: InFlight::begin(app) }
    }

    fn finish(self, mut response: Response) -> Response {
        let took = self.started.elapsed();
        let (status, route) = (response.status(), route_name(self.route.as_ref()));
        self.in_flight.0.metrics.count(&self.method, route, status.as_u16(), took);
        let ms = took.as_secs_f64() * 1000.0;
        self.span.in_scope(|| log(status, ms));
        headers::add_defaults(response.headers_mut());
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

/// Logs an answer. Successes are logged at the debug level: every waiting client has one every half minute.
fn log(status: StatusCode, ms: f64) {
    let status = status.as_u16();
    if status < 400 {
        tracing::debug!(status, ms, "answered");
    } else {
        tracing::info!(status, ms, "answered");
    }
}

fn route_name(route: Option<&MatchedPath>) -> &str {
    route.map_or("none", MatchedPath::as_str)
}

/// A request in the metrics. It is counted until it is dropped, also when its client disconnects.
struct InFlight(App);

impl InFlight {
    fn begin(app: App) -> Self {
        app.metrics.in_flight.inc();
        Self(app)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.metrics.in_flight.dec();
    }
}
