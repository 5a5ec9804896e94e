//! Wrong passwords make those who try them wait: each one longer than the one before, by address and account, and in
//! the end until the door has been left alone for a while.
//!
//! The tries for one account from one address are looked at one after the other, so that trying many at once gains
//! nothing; and so that a client which sends ten right requests at once costs one slow hash.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plauder_model::{Clock, Timestamp, UserId};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::address::block;

/// Wrong tries are forgotten when none came for so many seconds.
const FORGOTTEN_AFTER: i64 = 15 * 60;

/// How much later than now, in seconds, another attempt may have been counted: verifying a password takes time.
const MAX_CLOCK_SKEW: i64 = 60;

/// How many wrong tries one account takes from one address.
const MAX_FAILURES_PER_PAIR: u32 = 10;

/// How many wrong tries, for whatever accounts, one address has.
const MAX_FAILURES_PER_ADDRESS: u32 = 100;

/// What the first wrong try costs; each further one costs twice as much.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// What a wrong try costs at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How many doors are watched before those are forgotten at which nothing happened for a while.
const TIDY_AT: usize = 50_000;

/// The wrong tries of the last while.
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
    /// When the last wrong one came.
    last: Timestamp,
    /// How many passwords are being verified. They count as wrong ones until the outcome is known: else as many as are
    /// verified at the same time could pass the limit.
    pending: u32,
    permit: Arc<AsyncMutex<()>>,
}

impl Record {
    /// Whether the failures still count. One that is more than a minute in the future was counted before the clock was set
    /// back; one that is a little in the future was counted by an attempt that ended while this one was on its way.
    fn counts(&self, now: Timestamp) -> bool {
        (-MAX_CLOCK_SKEW..FORGOTTEN_AFTER).contains(&(now - self.last))
    }

    fn is_in_use(&self) -> bool {
        self.pending > 0 || Arc::strong_count(&self.permit) > 1
    }
}

/// A password that is being verified. Dropped without an outcome, it is as if it had not been tried.
pub(crate) struct Attempt<'a> {
    throttle: &'a LoginThrottle,
    /// Where it counts as pending.
    entries: Option<[(Key, u32); 2]>,
}

/// There were too many wrong tries: so many seconds have to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: i64,
}

impl LoginThrottle {
    /// Waits for one's turn to try a password for an account from an address; refused where there were too many wrong
    /// ones. The turn ends when it is dropped.
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
            Arc::clone(&records.entry(Key::Pair(block(address), name(user_key))).or_default().permit)
        };
        let permit = permit.lock_owned().await;
        // Others had theirs meanwhile.
        self.check(address, user_key, clock.now())?;
        Ok(permit)
    }

    /// Whether there were too many wrong tries already.
    fn check(&self, address: IpAddr, user_key: &str, now: Timestamp) -> Result<(), TooMany> {
        check(&self.lock(), &keys_of(address, user_key), now)
    }

    /// Begins to verify a password, unless there were too many wrong ones, counting those whose outcome is not known yet.
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
    /// The password was wrong. Returns how long the answer is held back.
    pub(crate) fn record_failure(mut self, now: Timestamp) -> Duration {
        let mut failures = 0;
        self.end(|key, record| {
            if !record.counts(now) {
                (record.failures, record.last) = (0, now);
            }
            record.failures += 1;
            record.last = record.last.max(now);
            if matches!(key, Key::Pair(..)) {
                failures = record.failures;
            }
        });
        FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_WAIT)
    }

    /// The password was right: who knows it was only mistaken before.
    pub(crate) fn record_success(mut self) {
        self.end(|key, record| {
            if matches!(key, Key::Pair(..)) {
                record.failures = 0;
            }
        });
    }

    /// Counts the outcome in the same step in which the attempt is pending no more.
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
    for (key, most) in entries {
        let Some(record) = records.get(key) else { continue };
        let failures = if record.counts(now) { record.failures } else { 0 };
        if failures >= *most {
            return Err(TooMany { retry_after: record.last + FORGOTTEN_AFTER - now });
        }
        if failures + record.pending >= *most {
            return Err(TooMany { retry_after: 1 });
        }
    }
    Ok(())
}

/// Where there are too many records, removes those that do not count any more. If that is not enough, half of them go,
/// those whose last wrong try is the longest ago; never one that is in use.
fn tidy(records: &mut HashMap<Key, Record>, now: Timestamp) {
    if records.len() < TIDY_AT {
        return;
    }
    records.retain(|_, record| record.counts(now) || record.is_in_use());
    if records.len() < TIDY_AT {
        return;
    }
    let mut times: Vec<Timestamp> = records.values().map(|record| record.last).collect();
    let mut surplus = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(surplus);
    records.retain(|_, record| {
        let goes = surplus > 0 && record.last <= *median && !record.is_in_use();
        surplus -= usize::from(goes);
        !goes
    });
}

/// No account has a longer name than this; all that do share one door.
fn name(user_key: &str) -> String {
    if user_key.len() <= UserId::MAX { user_key.to_owned() } else { String::new() }
}

fn keys_of(address: IpAddr, user_key: &str) -> [(Key, u32); 2] {
    let address = block(address);
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
    fn each_wrong_try_costs_twice_as_much_and_then_the_door_is_shut() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        let waits: Vec<u128> =
            (0..10).map(|_| record_failure(&throttle, home, "alice", 1000).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
        assert_eq!(throttle.check(home, "alice", 1000), Err(TooMany { retry_after: 900 }));
        assert_eq!(throttle.check(home, "alice", 1600), Err(TooMany { retry_after: 300 }));
        assert_eq!(throttle.check(home, "bob", 1000), Ok(()), "another account");
        assert_eq!(throttle.check(address("192.0.2.2"), "alice", 1000), Ok(()), "another address");
        assert_eq!(throttle.check(home, "alice", 1900), Ok(()), "left alone for a while");
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
    fn a_right_one_makes_up_for_the_wrong_ones() {
        let throttle = LoginThrottle::default();
        let home = address("192.0.2.1");
        for _ in 0..9 {
            record_failure(&throttle, home, "alice", 1000);
        }
        throttle.begin(home, "alice", 1000).unwrap().record_success();
        assert_eq!(record_failure(&throttle, home, "alice", 1000).as_millis(), 100);
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_shut_out() {
        let throttle = LoginThrottle::default();
        for number in 0..100 {
            // All of one /64.
            let from = address(&format!("2001:db8::{number:x}"));
            assert_eq!(throttle.check(from, &format!("user{number}"), 1000), Ok(()));
            record_failure(&throttle, from, &format!("user{number}"), 1000);
        }
        assert!(throttle.check(address("2001:db8::ffff"), "alice", 1000).is_err());
        assert!(throttle.check(address("2001:db8:0:1::1"), "alice", 1000).is_ok());
    }

    #[test]
    fn passwords_that_are_verified_at_once_pass_no_more_than_the_limit() {
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
        assert_eq!(refused, Err(TooMany { retry_after: 1 }), "one of them may be right");
        pending.pop().unwrap().record_success();
        drop(pending.pop());
        for attempt in pending {
            attempt.record_failure(1000);
        }
        assert_eq!(throttle.check(home, "alice", 1000), Ok(()), "98 were wrong");
        record_failure(&throttle, home, "alice", 1000);
        record_failure(&throttle, home, "alice", 1000);
        assert_eq!(throttle.check(home, "bob", 1000), Err(TooMany { retry_after: 900 }));
    }

    #[test]
    fn where_there_are_too_many_records_the_oldest_go() {
        let throttle = LoginThrottle::default();
        // Two records each: of the pair and of the address.
        let from = |number: u32| IpAddr::from(number.to_be_bytes());
        let begun = throttle.begin(from(0), "user", 1000).unwrap();
        for number in 1..=30_000 {
            record_failure(&throttle, from(number), "user", 1000 + i64::from(number / 1000));
        }
        let left = throttle.lock().len();
        assert!((25_000..TIDY_AT).contains(&left), "{left}");
        let is_kept = |number: u32| throttle.lock().contains_key(&Key::Address(from(number)));
        assert!(!is_kept(1) && (20_000..=30_000).all(is_kept) && is_kept(0), "what is in use stays");
        drop(begun);
    }
}
