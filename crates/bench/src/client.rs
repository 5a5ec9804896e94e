//! One HTTP/1.1 connection that is kept alive. No pool, no task beside it: the sender of a request also drives the connection, so
//! that ten thousand of them cost little and what is measured is the server.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{HeaderMap, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Failed;

/// How long an answer may take before it counts as none.
const LONGEST: Duration = Duration::from_secs(90);

/// Where a server is: `http://HOST[:PORT][/PREFIX]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// `HOST:PORT`.
    pub(crate) authority: String,
    /// What its paths begin with; empty, or with a slash before it and none behind.
    pub(crate) prefix: String,
}

impl FromStr for Site {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri =
            text.parse().map_err(|_| format!("{text} is no address such as http://127.0.0.1:8080"))?;
        if uri.scheme_str() != Some("http") {
            return Err(format!("{text}: only addresses that begin with http:// can be driven"));
        }
        let host = uri.host().ok_or_else(|| format!("{text} names no host"))?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        Ok(Self { authority, prefix: uri.path().trim_end_matches('/').to_owned() })
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The whole body.
    pub(crate) body: Bytes,
}

impl Answer {
    /// About how many bytes it is on the wire.
    pub(crate) fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
        "HTTP/1.1 200 OK\r\n\r\n".len() + headers.sum::<usize>() + self.body.len()
    }
}

/// A connection to a server: made when it is first needed, and again when the server closed it.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The server at the other end.
    pub(crate) site: Site,
    open: Option<Open>,
}

type Driver = http1::Connection<TokioIo<TcpStream>, Full<Bytes>>;

#[derive(Debug)]
struct Open {
    sender: SendRequest<Full<Bytes>>,
    /// None once the connection has ended.
    driver: Option<Pin<Box<Driver>>>,
}

impl Connection {
    /// A connection that is not open yet.
    pub(crate) fn to(site: &Site) -> Self {
        Self { site: site.clone(), open: None }
    }

    /// Opens it, so that the first request does not have to.
    pub(crate) async fn open(&mut self) -> Result<(), Failed> {
        if let Some(open) = &mut self.open
            && open.is_ready().await
        {
            return Ok(());
        }
        self.open = None;
        let failed = |error| format!("cannot connect to {}: {error}", self.site.authority);
        let stream = TcpStream::connect(&self.site.authority).await.map_err(failed)?;
        stream.set_nodelay(true)?;
        // When it is closed its port can be used again at once: there are only about 28,000.
        stream.set_zero_linger()?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
        self.open = Some(Open { sender, driver: Some(Box::pin(driver)) });
        Ok(())
    }

    /// Sends a request and takes the whole answer.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Failed> {
        self.open().await?;
        let Some(open) = &mut self.open else { return Err("no connection".into()) };
        let answer = match tokio::time::timeout(LONGEST, open.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} seconds", LONGEST.as_secs()).into()),
        };
        if answer.is_err() {
            self.open = None;
        }
        answer
    }
}

impl Open {
    /// Whether another request can be sent; not when the server closed the connection meanwhile.
    async fn is_ready(&mut self) -> bool {
        let Self { sender, driver } = self;
        drive(driver, sender.ready()).await.is_ok()
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Failed> {
        let Self { sender, driver } = self;
        let exchange = async {
            let (parts, body) = sender.send_request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        };
        drive(driver, exchange).await
    }
}

/// Waits for something that comes over a connection while driving it.
async fn drive<T>(driver: &mut Option<Pin<Box<Driver>>>, wanted: impl Future<Output = T>) -> T {
    let mut wanted = pin!(wanted);
    poll_fn(|context| {
        // Twice, so that what is sent is also written before anybody waits.
        for _ in 0..2 {
            if let Poll::Ready(value) = wanted.as_mut().poll(context) {
                return Poll::Ready(value);
            }
            if driver.as_mut().is_some_and(|driver| driver.as_mut().poll(context).is_ready()) {
                *driver = None;
            }
        }
        wanted.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_have_a_port_and_no_slash_at_the_end() {
        let site = |text: &str| text.parse::<Site>().map(|site| (site.authority, site.prefix));
        assert_eq!(site("http://127.0.0.1:8080"), Ok(("127.0.0.1:8080".to_owned(), String::new())));
        assert_eq!(site("http://cloud/next/"), Ok(("cloud:80".to_owned(), "/next".to_owned())));
        assert!(site("https://cloud").unwrap_err().contains("http://"));
        assert!(site("cloud").is_err());
    }
}
