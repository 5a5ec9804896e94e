//! Takes small bodies of requests whole before anything else is done.

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use plauder_ocs::Failure;

/// How many bytes of a body are taken; of a larger one the rest comes when it is read.
const MOST: usize = 64 * 1024;

/// The middleware. A request that is refused before its body was read would end its connection, and a client that has
/// just sent the next one there would not know whether it was heard. An empty body that comes in chunks has to be read too:
/// that it is empty is known only from its end.
pub(crate) async fn body(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.body().size_hint().lower() > MOST as u64 {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match gather(body).await {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(_) => Failure::bad_request("The body ended too early").into_response(),
    }
}

async fn gather(body: Body) -> Result<Body, axum::Error> {
    let mut rest = body.into_data_stream();
    let (mut taken, mut size) = (Vec::<Bytes>::new(), 0);
    while size <= MOST {
        let Some(chunk) = rest.next().await.transpose()? else {
            return Ok(match taken.len() {
                0 => Body::empty(),
                1 => Body::from(taken.remove(0)),
                _ => Body::from(taken.concat()),
            });
        };
        size += chunk.len();
        taken.push(chunk);
    }
    Ok(Body::from_stream(stream::iter(taken.into_iter().map(Ok)).chain(rest)))
}
