//! Takes small bodies of requests whole before anything else is done.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use plauder_ocs::Failure;

/// How many bytes a body may say that it has to be taken whole.
const MOST: usize = 64 * 1024;

/// The middleware. A request that is refused before its body was read would end its connection, and a client that has
/// just sent the next one there would not know whether it was heard.
pub(crate) async fn body(request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if !length.is_some_and(|length: usize| (1..=MOST).contains(&length)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match to_bytes(body, MOST).await {
        Ok(whole) => next.run(Request::from_parts(parts, Body::from(whole))).await,
        Err(_) => Failure::bad_request("The body ended too early").into_response(),
    }
}
