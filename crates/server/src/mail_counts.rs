//! What becomes of mails, counted for Prometheus.

use std::time::Duration;

use plauder_store::{Database, mails};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// How long Prometheus is kept waiting for the number of mails that wait: not as long as the store may.
const LOOK: Duration = Duration::from_secs(1);

/// What became of the mails that this server tried to send. Cloning gives another handle to the same.
#[derive(Debug, Clone, Default)]
pub struct MailCounts {
    sent: Counter,
    put_off: Counter,
    abandoned: Counter,
    waiting: Gauge,
}

impl MailCounts {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("mails_sent", "Mails that a mail server took", self.sent.clone());
        registry.register(
            "mails_put_off",
            "Attempts after which a mail waits for another",
            self.put_off.clone(),
        );
        registry.register("mails_given_up", "Mails that will not be sent", self.abandoned.clone());
        registry.register("mails_waiting", "Mails in the store that wait to be sent", self.waiting.clone());
    }

    /// A mail was sent.
    pub fn sent(&self) {
        self.sent.inc();
    }

    /// A mail will be tried again later.
    pub fn put_off(&self) {
        self.put_off.inc();
    }

    /// A mail will not be tried again.
    pub fn abandon(&self) {
        self.abandoned.inc();
    }

    /// Looks how many mails wait. Where the store does not tell soon, the last number stands.
    pub(crate) async fn look(&self, database: &Database) {
        if let Ok(Ok(waiting)) = tokio::time::timeout(LOOK, database.read(mails::count)).await {
            self.waiting.set(i64::from(waiting));
        }
    }
}
