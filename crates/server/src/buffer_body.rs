//! Buffers small request bodies before the request is handled.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use futures_util::{StreamExt as _, stream};
use plauder_ocs::Failure;
use plauder_ocs::parameters::refuse_body;
use tower_http::timeout::TimeoutBody;

use crate::http::deadline::DeadlineBody;

/// The number of bytes that are buffered. The rest of a larger body is read by the handler.
const MAX_BUFFERED: usize = 64 * 1024;

/// The longest pause between two chunks of a body.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);

/// Buffers the body of a request. A request that is refused before its body was read closes its connection, and a
/// client that has just sent its next request there does not learn whether it was handled. A chunked body has to be
/// read even if it is empty, because only its end shows that. The whole body may take `time`.
pub(crate) async fn buffer_body(request: Request, time: Duration) -> Result<Request, Failure> {
    let is_long = request.body().size_hint().lower() > MAX_BUFFERED as u64;
    let (parts, body) = request.into_parts();
    let body = Body::new(TimeoutBody::new(CHUNK_TIMEOUT, DeadlineBody::new(body, time)));
    let body = if is_long { body } else { collect(body).await.map_err(|error| refuse_body(&error))? };
    Ok(Request::from_parts(parts, body))
}

async fn collect(body: Body) -> Result<Body, axum::Error> {
    let mut rest = body.into_data_stream();
    let (mut chunks, mut size) = (Vec::<Bytes>::new(), 0);
    while size <= MAX_BUFFERED {
        let Some(chunk) = rest.next().await.transpose()? else {
            return Ok(match chunks.len() {
                0 => Body::empty(),
                1 => Body::from(chunks.remove(0)),
                _ => Body::from(chunks.concat()),
            });
        };
        size += chunk.len();
        chunks.push(chunk);
    }
    Ok(Body::from_stream(stream::iter(chunks.into_iter().map(Ok)).chain(rest)))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    /// A request whose body consists of `count` chunks of `size` bytes, one a second.
    fn slow_request(count: usize, size: usize) -> Request {
        let chunks = stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(vec![b'x'; size])
        });
        Request::new(Body::from_stream(chunks))
    }

    async fn read(request: Request) -> Result<usize, Failure> {
        let body = buffer_body(request, Duration::from_secs(10)).await?.into_body();
        axum::body::to_bytes(body, usize::MAX)
            .await
            .map(|bytes| bytes.len())
            .map_err(|error| refuse_body(&error))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_arrives_too_slowly_is_refused() {
        assert_eq!(read(slow_request(9, 1)).await.unwrap(), 9);
        assert_eq!(read(slow_request(9, MAX_BUFFERED)).await.unwrap(), 9 * MAX_BUFFERED);
        for size in [1, MAX_BUFFERED] {
            assert_eq!(
                read(slow_request(60, size)).await.unwrap_err().status(),
                StatusCode::REQUEST_TIMEOUT,
                "{size}"
            );
        }
    }
}
