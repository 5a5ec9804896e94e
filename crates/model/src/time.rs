//! Time, as it comes in from outside.

use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds since 1970 in UTC: the unit of every time on the wire and in the store.
pub type Timestamp = i64;

/// Where the program learns what time it is. The real clock is wired in by the binary; tests wind a [`ManualClock`].
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is wound.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Lets `seconds` pass.
    pub fn wind(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.load(Ordering::SeqCst)
    }
}

impl<C: Clock> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}
