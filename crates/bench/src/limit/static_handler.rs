//! A server that always answers the same: what HTTP alone costs, with the libraries that Plauder uses and their settings.

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::extract::Path as Parameter;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::any;
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::Failed;
use crate::client::Answer;
use crate::load::Load;
use crate::measure::{Measuring, Subject};
use crate::target::{Process, site_in};

/// The same requests, to a server that has nothing to do.
pub(crate) struct StaticHandler {
    load: Load,
    _process: Process,
    _body: NamedTempFile,
}

impl StaticHandler {
    /// Starts a server that answers as `answer` to what `load` sends.
    pub(crate) fn start(load: &Load, answer: &Answer) -> Result<Self, Failed> {
        let body = NamedTempFile::new()?;
        std::fs::write(body.path(), &answer.body)?;
        let path = body.path().to_str().ok_or("a temporary file whose name is no text")?;
        // The HTTP stack writes these itself.
        let by_itself =
            |name: &HeaderName| [CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING].contains(name);
        let status = format!("--status={}", answer.status.as_u16());
        let mut arguments = vec!["static".to_owned(), path.to_owned(), status];
        for (name, value) in answer.headers.iter().filter(|(name, _)| !by_itself(name)) {
            arguments.push(format!("--header={name}:{}", value.to_str()?));
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let process = super::start(&arguments)?;
        // Plauder may be found below a prefix; this one is not.
        let load = Load { site: site_in(&process.greeting)?, process: Some(process.id()), ..load.clone() };
        Ok(Self { load, _process: process, _body: body })
    }
}

impl Subject for StaticHandler {
    fn round(&mut self, length: Duration) -> Measuring<'_> {
        self.load.round(length)
    }
}

/// As in `plauder/src/connections.rs`.
const HEAD_TIME: Duration = Duration::from_secs(90);

/// Serves it. The routes are of the kind that Plauder has, and connections are set up as in `plauder/src/connections.rs`.
pub(super) async fn serve(
    listener: TcpListener,
    body: &Path,
    status: u16,
    headers: &[String],
) -> Result<(), Failed> {
    let status = StatusCode::from_u16(status)?;
    let body = Bytes::from(std::fs::read(body)?);
    let mut all = HeaderMap::new();
    for header in headers {
        let (name, value) = header.split_once(':').ok_or("a header has to be NAME:VALUE")?;
        all.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let answer = (status, all, body);
    let (listing, showing) = (answer.clone(), answer);
    let api = Router::new().route("/{api}/room", any(async move || listing.clone())).route(
        "/{api}/{kind}/{token}",
        any(async move |_: Parameter<(String, String, String)>| showing.clone()),
    );
    let mut connections = JoinSet::new();
    let router = Router::new().nest("/ocs/v2.php/apps/spreed/api", api);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection =
            http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        connections.spawn(async { drop(connection.await) });
        // Those that ended are forgotten.
        while connections.try_join_next().is_some() {}
    }
}
