//! Failed logins are throttled per address and account: each failure doubles the delay of the answer; after ten the
//! pair is locked for fifteen minutes.
//!
//! Attempts for one account from one address run one after the other. Concurrent guesses gain nothing, and a client
//! that sends ten valid requests at once costs one slow hash.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plauder_model::{Clock, Timestamp, UserId};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::address::network;

/// The time after the last failure until failures no longer count, in seconds.
const FAILURE_SECONDS: i64 = 15 * 60;

/// How much later than now, in seconds, another attempt may have been recorded: verifying a password takes time.
const MAX_CLOCK_SKEW: i64 = 60;

/// The failures after which a pair of address and account is locked.
const MAX_FAILURES_PER_PAIR: u32 = 10;

/// The failures, for any accounts, after which an address is locked.
const MAX_FAILURES_PER_ADDRESS: u32 = 100;

/// The delay after the first failure. Each further failure doubles it.
const FIRST_DELAY: Duration = Duration::from_millis(100);

/// The longest delay.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// The number of records from which on outdated ones are removed.
const MAX_RECORDS: usize = 50_000;

/// The recent failures by key.
#[derive(Default)]
pub(crate) struct LoginThrottle(Mutex<HashMap<Key, Record>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(IpAddr, String),
    Address(IpAddr),
}

#[derive(Default)]
struct Record {
    failures: u32,
    /// The time of the last failure.
    last_failure: Timestamp,
    /// The number of attempts in progress. They count as failures until their outcome is known; otherwise concurrent
    /// attempts could exceed the limit.
    pending: u32,
    permit: Arc<AsyncMutex<()>>,
}

impl Record {
    /// Whether the failures still count. One that is more than a minute in the future was counted before the clock was set
    /// back; one that is a little in the future was counted by an attempt that ended while this one was on its way.
    fn counts(&self, now: Timestamp) -> bool {
        (-MAX_CLOCK_SKEW..FAILURE_SECONDS).contains(&(now - self.last_failure))
    }

    fn is_in_use(&self) -> bool {
        self.pending > 0 || Arc::strong_count(&self.permit) > 1
    }
}

/// An attempt in progress. If it is dropped without an outcome, it does not count.
pub(crate) struct Attempt<'a> {
    throttle: &'a LoginThrottle,
    /// The keys under which it is pending.
    entries: Option<[(Key, u32); 2]>,
}

/// There were too many failures. The client may retry after this number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: i64,
}

impl LoginThrottle {
    /// Waits until no other attempt for the account from the address is in progress. Refused after too many failures.
    /// Dropping the permit admits the next attempt.
    pub(crate) async fn permit(
        &self,
        address: IpAddr,
        user_key: &str,
        clock: &dyn Clock,
    ) -> Result<OwnedMutexGuard<()>, TooMany> {
        self.check(address, user_key, clock.now())?;
        let permit = {
            let mut records = self.lock();
            tidy(&mut records, clock.now());
            Arc::clone(&records.entry(Key::Pair(network(address), name(user_key))).or_default().permit)
        };
        let permit = permit.lock_owned().await;
        // Other attempts may have failed meanwhile.
        self.check(address, user_key, clock.now())?;
        Ok(permit)
    }

    /// Refuses after too many failures.
    fn check(&self, address: IpAddr, user_key: &str, now: Timestamp) -> Result<(), TooMany> {
        check(&self.lock(), &keys_of(address, user_key), now)
    }

    /// Begins an attempt. Refused after too many failures, counting attempts in progress as failures.
    pub(crate) fn begin(
        &self,
        address: IpAddr,
        user_key: &str,
        now: Timestamp,
    ) -> Result<Attempt<'_>, TooMany> {
        let mut records = self.lock();
        let entries = keys_of(address, user_key);
        check(&records, &entries, now)?;
        tidy(&mut records, now);
        for (key, _) in &entries {
            records.entry(key.clone()).or_default().pending += 1;
        }
        Ok(Attempt { throttle: self, entries: Some(entries) })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// Records a wrong password. Returns the delay of the answer.
    pub(crate) fn record_failure(mut self, now: Timestamp) -> Duration {
        let mut failures = 0;
        self.end(|key, record| {
            if !record.counts(now) {
                (record.failures, record.last_failure) = (0, now);
            }
            record.failures += 1;
            record.last_failure = record.last_failure.max(now);
            if matches!(key, Key::Pair(..)) {
                failures = record.failures;
            }
        });
        FIRST_DELAY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(MAX_DELAY)
    }

    /// Records the right password. It resets the failures of the pair.
    pub(crate) fn record_success(mut self) {
        self.end(|key, record| {
            if matches!(key, Key::Pair(..)) {
                record.failures = 0;
            }
        });
    }

    /// Ends the attempt and records its outcome in one step.
    fn end(&mut self, mut count: impl FnMut(&Key, &mut Record)) {
        let Some(entries) = self.entries.take() else { return };
        let mut records = self.throttle.lock();
        for (key, _) in entries {
            if let Some(record) = records.get_mut(&key) {
                record.pending -= 1;
                count(&key, record);
            }
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.end(|_, _| {});
    }
}

fn check(records: &HashMap<Key, Record>, entries: &[(Key, u32)], now: Timestamp) -> Result<(), TooMany> {
    for (key, max) in entries {
        let Some(record) = records.get(key) else { continue };
        let failures = if record.counts(now) { record.failures } else { 0 };
        if failures >= *max {
            return Err(TooMany { retry_after: record.last_failure + FAILURE_SECONDS - now });
        }
        if failures + record.pending >= *max {
            return Err(TooMany { retry_after: 1 });
        }
    }
    Ok(())
}

/// If there are too many records, removes those that no longer count. If that is not enough, removes the half with the
/// oldest failures, except records in use.
fn tidy(records: &mut HashMap<Key, Record>, now: Timestamp) {
    if records.len() < MAX_RECORDS {
        return;
    }
    records.retain(|_, record| record.counts(now) || record.is_in_use());
    if records.len() < MAX_RECORDS {
        return;
    }
    let mut times: Vec<Timestamp> = records.values().map(|record| record.last_failure).collect();
    let mut surplus = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(surplus);
    records.retain(|_, record| {
        let is_removed = surplus > 0 && record.last_failure <= *median && !record.is_in_use();
        surplus -= usize::from(is_removed);
        !is_removed
    });
}

/// The account of a key. All names that are too long for an account share one key.
fn name(user_key: &str) -> String {
    if user_key.len() <= UserId::MAX { user_key.to_owned() } else { String::new() }
}

fn keys_of(address: IpAddr, user_key: &str) -> [(Key, u32); 2] {
    let address = network(address);
    [
        (Key::Pair(address, name(user_key)), MAX_FAILURES_PER_PAIR),
        (Key::Address(address), MAX_FAILURES_PER_ADDRESS),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn record_failure(throttle: &LoginThrottle, address: IpAddr, user_key: &str, now: Timestamp) -> Duration {
        throttle.begin(address, user_key, now).map(|attempt| attempt.record_failure(now)).unwrap()
    }

    #[test]
    fn failures_double_the_delay_and_then_lock_the_pair() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        let delays: Vec<u128> =
            (0..10).map(|_| record_failure(&throttle, home, "alice", 1000).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
        assert_eq!(throttle.check(home, "alice", 1000), Err(TooMany { retry_after: 900 }));
        assert_eq!(throttle.check(home, "alice", 1600), Err(TooMany { retry_after: 300 }));
        assert_eq!(throttle.check(home, "bob", 1000), Ok(()), "another account");
        assert_eq!(throttle.check(address("192.0.2.2"), "alice", 1000), Ok(()), "another address");
        assert_eq!(throttle.check(home, "alice", 1900), Ok(()), "the failures no longer count");
        assert!(
            throttle.check(home, "alice", 999).is_err(),
            "an attempt that began before the last one ended"
        );
        assert_eq!(throttle.check(home, "alice", 939), Ok(()), "the clock was set back");
        assert_eq!(record_failure(&throttle, home, "alice", 1900).as_millis(), 100);
    }

    #[test]
    fn an_attempt_that_ends_later_than_one_that_began_after_it_counts_too() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        for number in 0..MAX_FAILURES_PER_ADDRESS {
            let (earlier, later) = (1000, 1000 + i64::from(number % 2));
            let began = throttle.begin(home, &format!("user{number}"), earlier).unwrap();
            began.record_failure(later);
        }
        assert!(throttle.begin(home, "another", 1000).is_err());
    }

    #[test]
    fn success_resets_the_failures() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        for _ in 0..9 {
            record_failure(&throttle, home, "alice", 1000);
        }
        throttle.begin(home, "alice", 1000).unwrap().record_success();
        assert_eq!(record_failure(&throttle, home, "alice", 1000).as_millis(), 100);
    }

    #[test]
    fn an_address_is_locked_after_failures_for_many_accounts() {
        let throttle = LoginThrottle::default();
        for number in 0..100 {
            // All addresses are in one /64 network.
            let from = address(&format!("2001:db8::{number:x}"));
            assert_eq!(throttle.check(from, &format!("user{number}"), 1000), Ok(()));
            record_failure(&throttle, from, &format!("user{number}"), 1000);
        }
        assert!(throttle.check(address("2001:db8::ffff"), "alice", 1000).is_err());
        assert!(throttle.check(address("2001:db8:0:1::1"), "alice", 1000).is_ok());
    }

    #[test]
    fn concurrent_attempts_do_not_exceed_the_limit() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        let mut pending: Vec<Attempt<'_>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let throttle = &throttle;
                    scope.spawn(move || {
                        let users = (0..50).map(|number| format!("user{thread}-{number}"));
                        users.filter_map(|user| throttle.begin(home, &user, 1000).ok()).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(pending.len(), 100);
        let refused = throttle.begin(home, "alice", 1000).map(drop);
        assert_eq!(refused, Err(TooMany { retry_after: 1 }), "a pending attempt may still succeed");
        pending.pop().unwrap().record_success();
        drop(pending.pop());
        for attempt in pending {
            attempt.record_failure(1000);
        }
        assert_eq!(throttle.check(home, "alice", 1000), Ok(()), "98 have failed");
        record_failure(&throttle, home, "alice", 1000);
        record_failure(&throttle, home, "alice", 1000);
        assert_eq!(throttle.check(home, "bob", 1000), Err(TooMany { retry_after: 900 }));
    }

    #[test]
    fn the_oldest_records_are_removed_when_there_are_too_many() {
        let throttle = LoginThrottle::default();
        // Each attempt has two records: of the pair and of the address.
        let from = |number: u32| IpAddr::from(number.to_be_bytes());
        let pending = throttle.begin(from(0), "user", 1000).unwrap();
        for number in 1..=30_000 {
            record_failure(&throttle, from(number), "user", 1000 + i64::from(number / 1000));
        }
        let left = throttle.lock().len();
        assert!((25_000..MAX_RECORDS).contains(&left), "{left}");
        let is_kept = |number: u32| throttle.lock().contains_key(&Key::Address(from(number)));
        assert!(!is_kept(1) && (20_000..=30_000).all(is_kept) && is_kept(0), "a record in use is kept");
        drop(pending);
    }
}
