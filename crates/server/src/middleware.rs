//! What is around every call: it is counted and told of, its body is taken, a panic becomes an answer, and the answer is
//! put into its envelope. One middleware and not one each: a request that waits keeps all of them in memory.

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

/// The middleware around everything.
pub(crate) async fn handle(State(app): State<App>, request: Request, next: Next) -> Response {
    let record = RequestRecord::begin(app, &request);
    let envelope = Envelope::for_request(request.uri(), request.headers());
    let span = record.span.clone();
    let body_time = Duration::from_secs(record.in_flight.0.config.connections.body_seconds);
    let request = if request.body().is_end_stream() {
        Ok(request)
    } else {
        // Apart, so that it is not kept in memory by requests that wait, which have no body.
        Box::pin(buffer_body::buffer_body(request, body_time)).await
    };
    let response = match request {
        Ok(request) => {
            let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
            // What it was is told by the panic hook.
            answered.unwrap_or_else(|_| Failure::internal().into_response())
        }
        Err(failure) => failure.into_response(),
    };
    record.answered(envelope.seal(response))
}

/// A request that is being answered: a line in the log with an id, and counts. The log gets the route and not the
/// address: a token in it is as good as a key.
struct RequestRecord {
    id: String,
    method: Method,
    route: Option<MatchedPath>,
    span: Span,
    began: Instant,
    in_flight: InFlight,
}

impl RequestRecord {
    fn begin(app: App, request: &Request) -> Self {
        let id = rng::random_string(app.rng.as_ref(), b"0123456789abcdef", 16);
        let method = request.method().clone();
        let route = request.extensions().get::<MatchedPath>().cloned();
        let span = tracing::info_span!("request", id, %method, route = name(route.as_ref()));
        Self { id, method, route, span, began: Instant::now(), in_flight: InFlight::begin(app) }
    }

    fn answered(self, mut response: Response) -> Response {
        let took = self.began.elapsed();
        let (status, route) = (response.status(), name(self.route.as_ref()));
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

/// What went well is for who looks closely: there is a line of it for everybody who waits, every half minute.
fn log(status: StatusCode, ms: f64) {
    let status = status.as_u16();
    if status < 400 {
        tracing::debug!(status, ms, "answered");
    } else {
        tracing::info!(status, ms, "answered");
    }
}

fn name(route: Option<&MatchedPath>) -> &str {
    route.map_or("none", MatchedPath::as_str)
}

/// Counts a request among those that are being answered, until it is dropped; also when its sender hangs up before.
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
