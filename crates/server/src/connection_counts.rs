//! Connections, counted for Prometheus.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The counts of the connections of a listener. A clone is a handle to the same counts.
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

    /// Counts an opened connection.
    pub fn opened(&self) {
        self.open.inc();
    }

    /// Counts a closed connection.
    pub fn closed(&self) {
        self.open.dec();
    }

    /// Counts a refused connection.
    pub fn refused(&self) {
        self.refused.inc();
    }
}
