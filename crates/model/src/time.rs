//! Time. The clock is passed in, so that tests are deterministic.

use std::sync::atomic::{AtomicI64, Ordering};

/// Unix time in seconds: the unit of every time on the wire and in the store.
pub type Timestamp = i64;

/// A source of the current time. The program uses the system's clock; tests use a [`ManualClock`].
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// A clock that changes only when a test advances it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Creates a clock whose current time is `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Advances the clock by `seconds`.
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
