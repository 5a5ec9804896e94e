//! The connections of a listener: their limit, their counts, and their shutdown.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use plauder_server::ConnectionCounts;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How long a connection may take until the head of its next request is complete. It is longer than the idle timeout of
/// proxies, so that the proxy closes an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(90);

/// The pause after a failed accept, for example without free file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The number of connections that are refused with an answer at the same time.
const MAX_REFUSALS: usize = 100;

/// How long a refused connection may take to send its request.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

/// The limit on the connections of a listener, and their counts.
pub(crate) struct ConnectionLimits {
    /// The largest number of open connections, including upgraded ones.
    pub(crate) max_connections: usize,
    /// The counts of the connections.
    pub(crate) counts: ConnectionCounts,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { max_connections: 20_000, counts: ConnectionCounts::default() }
    }
}

/// Serves the connections of `listener` until `stop` returns. Then it accepts no new requests, and returns when the
/// requests in flight are answered.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    service: S,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) where
    S: tower_service::Service<Request<Body>, Response = Response, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let slots = Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS)));
    let refusals = Arc::new(Semaphore::new(MAX_REFUSALS));
    let (running, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Ok(permit) = Arc::clone(&slots).try_acquire_owned() else {
                        limits.counts.refused();
                        // With too many refusals at once, the connection is closed without an answer.
                        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                            let refusal = tokio::time::timeout(REFUSAL_TIMEOUT, refuse(stream, permit));
                            connections.spawn(async { drop(refusal.await) });
                        }
                        continue;
                    };
                    let stream = CountedStream::new(stream, permit, limits.counts.clone());
                    let service = ConnectionService { service: service.clone(), peer };
                    let mut connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
                    let mut stopping = stopping.clone();
                    connections.spawn(async move {
                        // A client that disconnects does not delay the shutdown.
                        tokio::select! {
                            ended = &mut connection => return drop(ended),
                            _ = stopping.changed() => Pin::new(&mut connection).graceful_shutdown(),
                        }
                        // By reference: a moved future would take its memory twice in every connection.
                        drop((&mut connection).await);
                    });
                }
                // The client disconnected before the connection was accepted.
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    // This shuts all connections down gracefully.
    drop(running);
    while connections.join_next().await.is_some() {}
}

/// Whether the error concerns a single connection, and not the listener.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers a connection above the limit with 503 and closes it.
async fn refuse(stream: TcpStream, _permit: OwnedSemaphorePermit) -> io::Result<()> {
    const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n\
        Content-Length: 0\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n";
    // Closing a socket with unread data resets the connection, and the client loses the answer.
    stream.readable().await?;
    stream.try_read(&mut [0; 4096])?;
    stream.writable().await?;
    stream.try_write(BUSY)?;
    Ok(())
}

/// A connection that counts towards [`ConnectionLimits::max_connections`] until it is closed, also after an upgrade.
struct CountedStream {
    stream: TcpStream,
    counts: ConnectionCounts,
    _permit: OwnedSemaphorePermit,
}

impl CountedStream {
    fn new(stream: TcpStream, permit: OwnedSemaphorePermit, counts: ConnectionCounts) -> Self {
        // Answers are small and must not be delayed.
        let _ = stream.set_nodelay(true);
        counts.opened();
        Self { stream, counts, _permit: permit }
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TcpStream> {
        Pin::new(&mut self.get_mut().stream)
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        self.counts.closed();
    }
}

impl AsyncRead for CountedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(context, buffer)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        self.stream().poll_write(context, buffer)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(context)
    }
}

/// Answers the requests of one connection.
struct ConnectionService<S> {
    service: S,
    peer: SocketAddr,
}

impl<S> Service<Request<Incoming>> for ConnectionService<S>
where
    S: tower_service::Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
{
    type Response = Response;
    type Error = Infallible;
    type Future = S::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.service.clone().call(request)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::http::header::{CONNECTION, UPGRADE};
    use axum::routing::get;
    use hyper::upgrade::OnUpgrade;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::{mpsc, oneshot};

    use super::*;

    /// Sends a request for `path` to the server at `address`. Returns the open connection and the head of the answer.
    async fn ask(address: SocketAddr, path: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        // A server that refuses may have closed the connection already.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).await.unwrap_or_default();
        (stream, String::from_utf8_lossy(&answer[..read]).into_owned())
    }

    #[tokio::test]
    async fn connections_have_a_limit_and_can_be_upgraded() {
        let (sender, mut upgraded) = mpsc::unbounded_channel::<OnUpgrade>();
        let router = Router::new().route("/", get("here")).route(
            "/echo",
            get(async move |mut request: Request| {
                sender.send(hyper::upgrade::on(&mut request)).unwrap();
                (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "echo")])
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let limits = ConnectionLimits { max_connections: 1, counts: ConnectionCounts::default() };
        let serving = serve(listener, router, limits, async { drop(stopped.await) });
        let story = async {
            let (mut client, answer) = ask(address, "/echo").await;
            assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
            let mut server = TokioIo::new(upgraded.recv().await.unwrap().await.unwrap());
            client.write_all(b"ping").await.unwrap();
            let mut sent = [0; 4];
            server.read_exact(&mut sent).await.unwrap();
            assert_eq!(&sent, b"ping");

            // An upgraded connection counts until it is closed.
            let (_, answer) = ask(address, "/").await;
            assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Retry-After"), "{answer}");
            drop(server);
            let (_, answer) = ask(address, "/").await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            drop(stop);
        };
        tokio::join!(serving, story);
    }
}
