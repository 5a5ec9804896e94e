//! The limits on guests per address: a guest needs no account, so nothing else would stop a loop that creates guests.
//!
//! Each limit is checked and counted in one step, so that concurrent requests do not exceed it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};
use plauder_model::{Clock, Timestamp};
use plauder_ocs::Failure;
use prometheus_client::metrics::counter::Counter;

use super::address::network;
use crate::cache::Cache;
use crate::error::ApiError;
use crate::metrics::{CacheMetrics, GuestMetrics};

/// The number of addresses whose joins are counted. Beyond it, the count of the least recently used address is dropped:
/// counting does not stop an attacker with more addresses than this.
const MAX_ADDRESSES: usize = 50_000;

/// The longest step of time that counts, in seconds: much longer than the period of any limit.
const MAX_STEP: Timestamp = 24 * 60 * 60;

/// The limits on guests per address. A clone is a handle to the same limits.
#[derive(Clone)]
pub(crate) struct GuestLimiter(Arc<GuestLimits>);

struct GuestLimits {
    joins: Option<JoinLimiter>,
    joins_refused: Counter,
    waits: PerAddress,
    waits_refused: Counter,
}

/// There are too many guests from the address. The client may retry after this number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyGuests {
    pub(crate) retry_after: i64,
}

impl From<TooManyGuests> for ApiError {
    fn from(refused: TooManyGuests) -> Self {
        let failure = Failure::new(429).because("Too many guests from this address, try again later");
        failure.with_header(RETRY_AFTER, HeaderValue::from(refused.retry_after)).into()
    }
}

impl GuestLimiter {
    /// From one address, `joins` guests may join in a minute and `waits` requests of guests may wait at once. 0 means
    /// no limit.
    pub(crate) fn new(joins: u32, waits: u32, clock: Arc<dyn Clock>, metrics: GuestMetrics) -> Self {
        let GuestMetrics { addresses, joins_refused, waits_refused } = metrics;
        Self(Arc::new(GuestLimits {
            joins: NonZeroU32::new(joins).map(|joins| JoinLimiter::new(joins, clock, addresses)),
            joins_refused,
            waits: PerAddress::new(waits),
            waits_refused,
        }))
    }

    /// The count of a request to join as a guest from an address.
    pub(crate) fn join(&self, address: IpAddr) -> GuestJoin {
        GuestJoin { limiter: self.clone(), address: network(address), is_counted: Arc::default() }
    }

    /// Counts a request of a guest that waits for messages, until the returned guard is dropped.
    pub(crate) fn wait(&self, address: IpAddr) -> Result<WaitingGuest, TooManyGuests> {
        let address = network(address);
        if !self.0.waits.try_acquire(address) {
            self.0.waits_refused.inc();
            return Err(TooManyGuests { retry_after: 1 });
        }
        Ok(WaitingGuest { limiter: self.clone(), address })
    }

    /// Updates the metric of the number of counted addresses.
    pub(crate) fn measure(&self) {
        if let Some(joins) = &self.0.joins {
            joins.states.measure();
        }
    }
}

/// A request to join. It is counted once, however often its transaction runs. A clone is a handle to the same request.
#[derive(Clone)]
pub(crate) struct GuestJoin {
    limiter: GuestLimiter,
    address: IpAddr,
    is_counted: Arc<AtomicBool>,
}

impl GuestJoin {
    /// Counts the join, unless its address has reached the limit.
    pub(crate) fn acquire(&self) -> Result<(), TooManyGuests> {
        let GuestLimits { joins, joins_refused, .. } = self.limiter.0.as_ref();
        let Some(joins) = joins else { return Ok(()) };
        if self.is_counted.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        joins.acquire(self.address).inspect_err(|_| {
            self.is_counted.store(false, Ordering::Release);
            joins_refused.inc();
        })
    }

    /// Undoes the count, because the join was refused for another reason: a guest who first sends no password and then
    /// the right one counts once. A request whose client has disconnected stays counted.
    pub(crate) fn release(&self) {
        if let Some(joins) = &self.limiter.0.joins
            && self.is_counted.swap(false, Ordering::AcqRel)
        {
            joins.release(self.address);
        }
    }
}

/// Limits how often addresses join.
struct JoinLimiter {
    limiter: RateLimiter<IpAddr, JoinStates, ElapsedClock, NoOpMiddleware<Nanos>>,
    clock: ElapsedClock,
    states: JoinStates,
    /// The time after which an address that has reached the limit may join once more.
    interval: Duration,
}

impl JoinLimiter {
    fn new(joins: NonZeroU32, clock: Arc<dyn Clock>, metrics: CacheMetrics) -> Self {
        let (quota, clock) = (Quota::per_minute(joins), ElapsedClock::new(clock));
        let states = JoinStates(Arc::new(Cache::new(MAX_ADDRESSES, metrics)));
        let limiter = RateLimiter::new(quota, states.clone(), clock.clone());
        Self { limiter, clock, states, interval: quota.replenish_interval() }
    }

    fn acquire(&self, address: IpAddr) -> Result<(), TooManyGuests> {
        self.limiter.check_key(&address).map_err(|not_until| {
            let wait = not_until.wait_time_from(governor::clock::Clock::now(&self.clock));
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            TooManyGuests { retry_after: i64::try_from(seconds).unwrap_or(i64::MAX).max(1) }
        })
    }

    fn release(&self, address: IpAddr) {
        let earlier = |state: Option<Nanos>| {
            let state = state.unwrap_or_default().saturating_sub(self.interval.into());
            Ok::<_, std::convert::Infallible>(((), state))
        };
        let Ok(()) = self.states.measure_and_replace(&address, earlier);
    }
}

/// The limiter's state per address. It is bounded, unlike the state stores of `governor`.
#[derive(Clone)]
struct JoinStates(Arc<Cache<IpAddr, Arc<InMemoryState>>>);

impl JoinStates {
    fn measure(&self) {
        self.0.measure();
    }
}

impl StateStore for JoinStates {
    type Key = IpAddr;

    fn measure_and_replace<T, F, E>(&self, address: &IpAddr, replace: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.get_or_default(address).measure_and_replace(&NotKeyed::NonKey, replace)
    }
}

/// The elapsed time by the server's clock. It stands still when the clock is set back; otherwise addresses would be
/// refused until the clock reaches its former time.
#[derive(Clone)]
struct ElapsedClock {
    clock: Arc<dyn Clock>,
    /// The last time of the clock, and the seconds that had elapsed then.
    last: Arc<Mutex<(Timestamp, u64)>>,
}

impl ElapsedClock {
    fn new(clock: Arc<dyn Clock>) -> Self {
        let last = Arc::new(Mutex::new((clock.now(), 0)));
        Self { clock, last }
    }
}

impl governor::clock::Clock for ElapsedClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let step = now.saturating_sub(last.0).clamp(0, MAX_STEP).unsigned_abs();
        *last = (now, last.1 + step);
        Duration::from_secs(last.1).into()
    }
}

/// The number of waiting requests of guests per address.
struct PerAddress {
    /// The limit. 0 means no limit.
    max: u32,
    waiting: Mutex<HashMap<IpAddr, u32>>,
}

impl PerAddress {
    fn new(max: u32) -> Self {
        Self { max, waiting: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more request, unless the limit is reached.
    fn try_acquire(&self, address: IpAddr) -> bool {
        let mut waiting = self.lock();
        let count = waiting.entry(address).or_default();
        let is_allowed = self.max == 0 || *count < self.max;
        *count += u32::from(is_allowed);
        is_allowed
    }

    fn release(&self, address: IpAddr) {
        let mut waiting = self.lock();
        if let Some(count) = waiting.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&address);
            }
        }
    }
}

/// A waiting request of a guest. It is counted until it is dropped.
pub(crate) struct WaitingGuest {
    limiter: GuestLimiter,
    address: IpAddr,
}

impl Drop for WaitingGuest {
    fn drop(&mut self) {
        self.limiter.0.waits.release(self.address);
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::time::ManualClock;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limiter(joins: u32, waits: u32) -> (GuestLimiter, Arc<ManualClock>, GuestMetrics) {
        let (clock, metrics) = (Arc::new(ManualClock::at(1_600_000_000)), GuestMetrics::default());
        let limiter = GuestLimiter::new(joins, waits, Arc::<ManualClock>::clone(&clock), metrics.clone());
        (limiter, clock, metrics)
    }

    /// Runs `attempt` `count` times in each of eight threads, and returns the number of successes.
    fn successes_in_parallel(count: usize, attempt: impl Fn() -> bool + Sync) -> usize {
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| (0..count).filter(|_| attempt()).count())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        })
    }

    #[test]
    fn joins_are_limited_per_address_and_minute() {
        let (limiter, clock, metrics) = limiter(2, 0);
        let join = |from: &str| limiter.join(address(from)).acquire();
        let home = "192.0.2.1";
        assert_eq!((join(home), join(home)), (Ok(()), Ok(())));
        assert_eq!(join(home), Err(TooManyGuests { retry_after: 30 }));
        assert_eq!(join("192.0.2.2"), Ok(()), "another address");
        clock.wind(10);
        assert_eq!(join(home), Err(TooManyGuests { retry_after: 20 }));
        clock.wind(20);
        assert_eq!(join(home), Ok(()));
        assert_eq!(join(home), Err(TooManyGuests { retry_after: 30 }));
        clock.wind(600);
        assert_eq!((join(home), join(home)), (Ok(()), Ok(())));
        assert!(join(home).is_err(), "unused minutes do not add up");
        let same_network = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(join);
        assert!(same_network[1].is_ok() && same_network[2].is_err());
        assert_eq!(join("2001:db8:0:1::1"), Ok(()));
        limiter.measure();
        assert_eq!((metrics.addresses.entries.get(), metrics.joins_refused.get()), (4, 5));
    }

    #[test]
    fn concurrent_joins_do_not_exceed_the_limit() {
        let (limiter, _, metrics) = limiter(100, 0);
        let home = address("192.0.2.1");
        assert_eq!(successes_in_parallel(50, || limiter.join(home).acquire().is_ok()), 100);
        assert_eq!(metrics.joins_refused.get(), 300);
    }

    #[test]
    fn a_join_counts_once_and_not_if_it_is_refused_for_another_reason() {
        let (limiter, ..) = limiter(2, 0);
        let home = address("192.0.2.1");
        let (first, second, third) = (limiter.join(home), limiter.join(home), limiter.join(home));
        for _ in 0..5 {
            assert_eq!(first.acquire(), Ok(()), "its transaction runs again");
        }
        for _ in 0..5 {
            assert_eq!(second.acquire(), Ok(()));
            assert!(third.acquire().is_err());
            third.release();
            second.release();
            second.release();
        }
        drop(first);
        assert_eq!(second.acquire(), Ok(()));
        assert!(third.acquire().is_err(), "a successful join stays counted");
    }

    #[test]
    fn a_clock_that_is_changed_locks_no_address_out() {
        let (limiter, clock, _) = limiter(1, 0);
        let join = || limiter.join(address("192.0.2.1")).acquire();
        clock.wind(i64::from(u32::MAX));
        assert_eq!(join(), Ok(()));
        clock.wind(-i64::from(u32::MAX));
        assert_eq!(join(), Err(TooManyGuests { retry_after: 60 }));
        clock.wind(60);
        assert_eq!(join(), Ok(()));
    }

    #[test]
    fn counted_addresses_are_bounded_and_a_busy_one_is_kept() {
        let (limiter, _, metrics) = limiter(3, 0);
        let busy = address("2001:db8::1");
        let joined = (0_u32..100_000).filter(|number| {
            let other = IpAddr::from((0x2001_0db9_u128 << 96 | u128::from(*number) << 64).to_be_bytes());
            limiter.join(other).acquire().unwrap();
            number % 1_000 == 0 && limiter.join(busy).acquire().is_ok()
        });
        assert_eq!(joined.count(), 3);
        limiter.measure();
        assert!(metrics.addresses.entries.get() <= 50_100, "{}", metrics.addresses.entries.get());
    }

    #[test]
    fn waiting_requests_are_limited_per_address() {
        let (limiter, _, metrics) = limiter(0, 2);
        let home = address("192.0.2.1");
        let (first, _second) = (limiter.wait(home).unwrap(), limiter.wait(home).unwrap());
        assert!(limiter.wait(home).is_err());
        assert_eq!(metrics.waits_refused.get(), 1);
        drop(first);
        assert!(limiter.wait(home).is_ok());
    }

    #[test]
    fn concurrent_waits_do_not_exceed_the_limit() {
        let (limiter, ..) = limiter(0, 100);
        let waiting = Mutex::new(Vec::new());
        let waits = || limiter.wait(address("2001:db8::1")).map(|guest| waiting.lock().unwrap().push(guest));
        assert_eq!(successes_in_parallel(50, || waits().is_ok()), 100);
        drop(waiting);
        assert!(limiter.0.waits.lock().is_empty(), "no count is left");
    }

    #[test]
    fn without_limits_no_count_is_left() {
        let (limiter, ..) = limiter(0, 0);
        let home = address("192.0.2.1");
        let all: Vec<_> = (0..1_000).map(|_| limiter.wait(home).unwrap()).collect();
        assert!((0..1_000).all(|_| limiter.join(home).acquire().is_ok()));
        drop(all);
        assert!(limiter.0.waits.lock().is_empty());
    }
}
