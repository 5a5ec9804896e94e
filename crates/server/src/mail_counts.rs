//! Mails, counted for Prometheus.

use std::time::Duration;

use plauder_store::{Database, mails};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The longest wait for the number of waiting mails: a slow store does not delay the other metrics.
const STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// The counts of the mails that this server tried to send. A clone is a handle to the same counts.
#[derive(Debug, Clone, Default)]
pub struct MailCounts {
    sent: Counter,
    put_off: Counter,
    abandoned: Counter,
    waiting: Gauge,
}

impl MailCounts {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("mails_sent", "Mails that the mail server accepted", self.sent.clone());
        registry.register("mails_put_off", "Failed attempts that will be repeated", self.put_off.clone());
        registry.register("mails_given_up", "Mails that will not be sent", self.abandoned.clone());
        registry.register("mails_waiting", "Mails in the store that wait to be sent", self.waiting.clone());
    }

    /// Counts a sent mail.
    pub fn sent(&self) {
        self.sent.inc();
    }

    /// Counts an attempt that will be repeated.
    pub fn put_off(&self) {
        self.put_off.inc();
    }

    /// Counts a mail that will not be sent.
    pub fn abandoned(&self) {
        self.abandoned.inc();
    }

    /// Updates the number of waiting mails. If the store is slow, the last number stays.
    pub(crate) async fn measure(&self, database: &Database) {
        if let Ok(Ok(waiting)) = tokio::time::timeout(STORE_TIMEOUT, database.read(mails::count)).await {
            self.waiting.set(i64::from(waiting));
        }
    }
}
