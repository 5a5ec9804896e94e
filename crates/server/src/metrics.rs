//! Counts for Prometheus.

use std::fmt::Write as _;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plauder_store::Database;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::App;
use crate::connection_counts::ConnectionCounts;
use crate::http::headers;
use crate::http::not_found::unknown_metrics;
use crate::mail_counts::MailCounts;

/// All metrics of the server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    pub(crate) in_flight: Gauge,
    /// Requests that wait for messages.
    pub(crate) waiting: Gauge,
    /// The time from a commit to the answers that deliver its messages.
    wake_seconds: Histogram,
    /// Messages that were rendered for waiting clients.
    pub(crate) rendered: Counter,
    /// Messages that were delivered to waiting clients.
    pub(crate) delivered: Counter,
    pub(crate) mails: MailCounts,
    pub(crate) connections: ConnectionCounts,
    caches: CacheFamilies,
    guests_refused: Family<LimitLabels, Counter>,
}

/// The metrics of all bounded caches, by cache.
#[derive(Default)]
struct CacheFamilies {
    entries: Family<CacheLabels, Gauge>,
    hits: Family<CacheLabels, Counter>,
    misses: Family<CacheLabels, Counter>,
    evictions: Family<CacheLabels, Counter>,
}

impl CacheFamilies {
    fn register(&self, registry: &mut Registry) {
        registry.register("cache_entries", "Entries of a cache", self.entries.clone());
        registry.register("cache_hits", "Lookups that found a valid entry", self.hits.clone());
        registry.register("cache_misses", "Lookups that found none", self.misses.clone());
        let help = "Entries removed because the cache was full";
        registry.register("cache_evictions", help, self.evictions.clone());
    }
}

/// The metrics of one cache. A clone is a handle to the same metrics.
#[derive(Debug, Clone, Default)]
pub(crate) struct CacheMetrics {
    /// Updated when the metrics are read.
    pub(crate) entries: Gauge,
    pub(crate) hits: Counter,
    pub(crate) misses: Counter,
    pub(crate) evictions: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabels {
    cache: &'static str,
}

/// The metrics of the limits on guests.
#[derive(Debug, Clone, Default)]
pub(crate) struct GuestMetrics {
    /// The addresses whose joins are counted.
    pub(crate) addresses: CacheMetrics,
    pub(crate) joins_refused: Counter,
    pub(crate) waits_refused: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

impl Metrics {
    pub(crate) fn new(database: &Database) -> Self {
        let mut registry = Registry::with_prefix("plauder");
        let requests = Family::<Labels, Counter>::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let bounds = || {
            Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0])
        };
        let seconds = Family::<RouteLabels, Histogram>::new_with_constructor(bounds);
        registry.register("http_request_seconds", "Time until requests were answered", seconds.clone());
        let in_flight = Gauge::default();
        registry.register("http_requests_in_flight", "Requests that are being answered", in_flight.clone());
        let mails = MailCounts::default();
        mails.register(&mut registry);
        let connections = ConnectionCounts::default();
        connections.register(&mut registry);
        let waiting = Gauge::default();
        registry.register("waiting_requests", "Requests that wait for messages", waiting.clone());
        let wake_seconds =
            Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0]);
        let help = "Time from a commit to the answers that deliver its messages";
        registry.register("wake_seconds", help, wake_seconds.clone());
        let (rendered, delivered) = (Counter::default(), Counter::default());
        let help = "Messages rendered for waiting clients, once for all that see them alike";
        registry.register("messages_rendered", help, rendered.clone());
        let help = "Messages delivered to waiting clients";
        registry.register("messages_delivered", help, delivered.clone());
        let caches = CacheFamilies::default();
        caches.register(&mut registry);
        let guests_refused = Family::default();
        let help = "Joins and waiting requests of guests that were refused, by limit";
        registry.register("guests_refused", help, guests_refused.clone());
        registry.register_collector(Box::new(StoreCounts(database.clone())));
        Self {
            registry,
            requests,
            seconds,
            in_flight,
            waiting,
            wake_seconds,
            rendered,
            delivered,
            mails,
            connections,
            caches,
            guests_refused,
        }
    }

    /// The metrics of the cache with this name.
    pub(crate) fn cache(&self, cache: &'static str) -> CacheMetrics {
        let (labels, families) = (CacheLabels { cache }, &self.caches);
        CacheMetrics {
            entries: families.entries.get_or_create_owned(&labels),
            hits: families.hits.get_or_create_owned(&labels),
            misses: families.misses.get_or_create_owned(&labels),
            evictions: families.evictions.get_or_create_owned(&labels),
        }
    }

    /// The metrics of the limits on guests.
    pub(crate) fn guests(&self) -> GuestMetrics {
        let refused = |limit| self.guests_refused.get_or_create_owned(&LimitLabels { limit });
        GuestMetrics {
            addresses: self.cache("guest_addresses"),
            joins_refused: refused("joins"),
            waits_refused: refused("waits"),
        }
    }

    /// Counts delivered messages, and observes the time since their commit if the client has waited for them.
    pub(crate) fn count_delivered(&self, messages: usize, took: Option<Duration>) {
        self.delivered.inc_by(messages as u64);
        if let Some(took) = took {
            self.wake_seconds.observe(took.as_secs_f64());
        }
    }

    /// Counts an answered request.
    pub(crate) fn count(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = method_label(method);
        let labels = Labels { method, route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        let labels = RouteLabels { method, route: route.to_owned() };
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

/// The label of a method. Unknown methods share one label, so that clients cannot create labels.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

/// The counts that the store keeps itself, read when the metrics are read.
#[derive(Clone)]
struct StoreCounts(Database);

impl std::fmt::Debug for StoreCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreCounts")
    }
}

impl Collector for StoreCounts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let statistics = self.0.statistics();
        for (name, help, count) in [
            ("store_commits", "Commits of writes", statistics.batches()),
            ("store_writes", "Write jobs in these commits", statistics.jobs()),
            ("store_transactions", "Read and write transactions", statistics.transactions()),
            ("store_statements", "Statements in these transactions", statistics.statements()),
            ("store_repeats", "Transactions that were run again after a conflict", statistics.repeats()),
        ] {
            let counter = ConstCounter::new(count);
            let descriptor = encoder.encode_descriptor(name, help, None, counter.metric_type())?;
            counter.encode(descriptor)?;
        }
        let waiting = ConstGauge::new(i64::try_from(self.0.waiting()).unwrap_or(i64::MAX));
        let help = "Jobs that wait for the store";
        let descriptor = encoder.encode_descriptor("store_waiting", help, None, waiting.metric_type())?;
        waiting.encode(descriptor)
    }
}

/// `/metrics` in the text format of OpenMetrics. It has a listener of its own, which only Prometheus reaches.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .fallback(unknown_metrics)
        .layer(map_response(|mut response: Response| async {
            headers::add_defaults(response.headers_mut());
            response
        }))
        .with_state(app)
}

async fn metrics(State(app): State<App>) -> Response {
    if app.config.mail.sender().is_some() {
        app.metrics.mails.measure(&app.database).await;
    }
    app.measure_caches();
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, &app.metrics.registry).is_err() {
        text.clear();
        let _ = writeln!(text, "# the metrics could not be encoded");
    }
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
