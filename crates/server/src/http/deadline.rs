//! The time limit on a whole body.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body that ends with an error of the kind [`io::ErrorKind::TimedOut`] if it is not complete in time, however
/// steadily its chunks arrive.
pub(crate) struct DeadlineBody {
    body: Body,
    deadline: Pin<Box<Sleep>>,
}

impl DeadlineBody {
    /// Limits `body` to `time` from now on.
    pub(crate) fn new(body: Body, time: Duration) -> Self {
        Self { body, deadline: Box::pin(sleep(time)) }
    }
}

impl HttpBody for DeadlineBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            let error = io::Error::new(io::ErrorKind::TimedOut, "the body took too long");
            return Poll::Ready(Some(Err(error.into())));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::{StreamExt as _, stream};

    use super::*;

    /// A body of `count` chunks, one a second.
    fn slow_body(count: usize) -> Body {
        let chunks = stream::iter(0..count).then(|_| async {
            sleep(Duration::from_secs(1)).await;
            Ok::<_, io::Error>("x")
        });
        Body::from_stream(chunks)
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_body_ends_at_its_deadline() {
        let whole = |count| async move {
            to_bytes(Body::new(DeadlineBody::new(slow_body(count), Duration::from_secs(10))), 1000).await
        };
        assert_eq!(whole(9).await.unwrap(), "xxxxxxxxx");
        let error = whole(11).await.unwrap_err();
        let mut causes =
            std::iter::successors(Some(&error as &dyn std::error::Error), |&error| error.source());
        let is_late = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
        assert!(causes.any(|error| error.downcast_ref().is_some_and(is_late)), "{error:?}");
    }
}
