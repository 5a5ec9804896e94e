//! Connections, counted for Prometheus.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The connections of a listener. Cloning gives another handle to the same counts.
#[derive(Debug, Clone, Default)]
pub struct ConnectionCounts {
    open: Gauge,
    refused: Counter,
}

impl ConnectionCounts {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("connections", "Open connections", self.open.clone());
        let help = "Connections that were refused because there were too many";
        registry.register("connections_refused", help, self.refused.clone());
    }

    /// A connection was opened.
    pub fn opened(&self) {
        self.open.inc();
    }

    /// A connection was closed.
    pub fn closed(&self) {
        self.open.dec();
    }

    /// A connection was refused.
    pub fn refused(&self) {
        self.refused.inc();
    }
}
