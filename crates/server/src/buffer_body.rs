//! Takes small bodies of requests whole before anything else is done.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use futures_util::{StreamExt as _, stream};
use plauder_ocs::Failure;
use plauder_ocs::parameters::refuse_body;
use tower_http::timeout::TimeoutBody;

use crate::http::deadline::DeadlineBody;

/// How many bytes of a body are taken; of a larger one the rest comes when it is read.
const MAX_BUFFERED: usize = 64 * 1024;

/// How long the next piece of a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Takes the body of a request that has one. A request that is refused before its body was read would end its
/// connection, and a client that has just sent the next one there would not know whether it was heard. An empty body that
/// comes in chunks has to be read too: that it is empty is known only from its end. The whole body may take `time`.
pub(crate) async fn buffer_body(request: Request, time: Duration) -> Result<Request, Failure> {
    let is_long = request.body().size_hint().lower() > MAX_BUFFERED as u64;
    let (parts, body) = request.into_parts();
    let body = Body::new(TimeoutBody::new(BODY_TIME, DeadlineBody::new(body, time)));
    let body = if is_long { body } else { collect(body).await.map_err(|error| refuse_body(&error))? };
    Ok(Request::from_parts(parts, body))
}

async fn collect(body: Body) -> Result<Body, axum::Error> {
    let mut rest = body.into_data_stream();
    let (mut taken, mut size) = (Vec::<Bytes>::new(), 0);
    while size <= MAX_BUFFERED {
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

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    /// A request whose body is `pieces` pieces of `size` bytes, one a second.
    fn steady(pieces: usize, size: usize) -> Request {
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(vec![b'x'; size])
        });
        Request::new(Body::from_stream(pieces))
    }

    async fn read(request: Request) -> Result<usize, Failure> {
        let body = buffer_body(request, Duration::from_secs(10)).await?.into_body();
        axum::body::to_bytes(body, usize::MAX)
            .await
            .map(|bytes| bytes.len())
            .map_err(|error| refuse_body(&error))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_too_slowly_is_refused() {
        assert_eq!(read(steady(9, 1)).await.unwrap(), 9);
        assert_eq!(read(steady(9, MAX_BUFFERED)).await.unwrap(), 9 * MAX_BUFFERED);
        for size in [1, MAX_BUFFERED] {
            assert_eq!(
                read(steady(60, size)).await.unwrap_err().status(),
                StatusCode::REQUEST_TIMEOUT,
                "{size}"
            );
        }
    }
}
