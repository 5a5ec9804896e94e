//! Wrong passwords make those who try them wait: each one longer than the one before, by address and account, and in
//! the end until the door has been left alone for a while.
//!
//! The tries for one account from one address are looked at one after the other, so that trying many at once gains
//! nothing; and so that a client which sends ten right requests at once costs one slow hash.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plauder_model::{Clock, Timestamp, UserId};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::address::block;

/// Wrong tries are forgotten when none came for so many seconds.
const FORGOTTEN_AFTER: i64 = 15 * 60;

/// How many wrong tries one account takes from one address.
const MOST_OF_PAIR: u32 = 10;

/// How many wrong tries, for whatever accounts, one address has.
const MOST_OF_ADDRESS: u32 = 100;

/// What the first wrong try costs; each further one costs twice as much.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// What a wrong try costs at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How many doors are watched before those are forgotten at which nothing happened for a while.
const TIDY_AT: usize = 50_000;

/// The wrong tries of the last while.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<Door, Record>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Door {
    Pair(IpAddr, String),
    Address(IpAddr),
}

#[derive(Default)]
struct Record {
    wrong: u32,
    last: Timestamp,
    turn: Arc<Turn<()>>,
}

/// There were too many wrong tries: so many seconds have to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: i64,
}

impl Tries {
    /// Waits for one's turn to try a password for an account from an address; refused where there were too many wrong
    /// ones. The turn ends when it is dropped.
    pub(crate) async fn turn(
        &self,
        address: IpAddr,
        user_key: &str,
        clock: &dyn Clock,
    ) -> Result<OwnedMutexGuard<()>, TooMany> {
        self.check(address, user_key, clock.now())?;
        let turn = {
            let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            tidy(&mut doors, clock.now());
            Arc::clone(&doors.entry(Door::Pair(block(address), name(user_key))).or_default().turn)
        };
        let turn = turn.lock_owned().await;
        // Others had theirs meanwhile.
        self.check(address, user_key, clock.now())?;
        Ok(turn)
    }

    /// Whether there were too many wrong tries already.
    pub(crate) fn check(&self, address: IpAddr, user_key: &str, now: Timestamp) -> Result<(), TooMany> {
        let doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (door, most) in doors_of(address, user_key) {
            if let Some(record) = doors.get(&door)
                && record.wrong >= most
                && record.last + FORGOTTEN_AFTER > now
            {
                return Err(TooMany { retry_after: record.last + FORGOTTEN_AFTER - now });
            }
        }
        Ok(())
    }

    /// Notes a wrong try, and tells how long its answer is to be held back.
    pub(crate) fn wrong(&self, address: IpAddr, user_key: &str, now: Timestamp) -> Duration {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tidy(&mut doors, now);
        let mut wrong = 0;
        for (door, _) in doors_of(address, user_key) {
            let record = doors.entry(door.clone()).or_default();
            if record.last + FORGOTTEN_AFTER <= now {
                record.wrong = 0;
            }
            record.wrong += 1;
            record.last = now;
            if matches!(door, Door::Pair(..)) {
                wrong = record.wrong;
            }
        }
        FIRST_WAIT.saturating_mul(1 << wrong.saturating_sub(1).min(16)).min(LONGEST_WAIT)
    }

    /// Notes that the password was right: who knows it was only mistaken before.
    pub(crate) fn right(&self, address: IpAddr, user_key: &str) {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = doors.get_mut(&Door::Pair(block(address), name(user_key))) {
            record.wrong = 0;
        }
    }
}

/// Forgets doors at which nothing happened for a while. Where too many are left, those that nobody stands at are
/// forgotten too: a guesser with so many addresses is not stopped by counting.
fn tidy(doors: &mut HashMap<Door, Record>, now: Timestamp) {
    if doors.len() >= TIDY_AT {
        let in_use = |record: &Record| Arc::strong_count(&record.turn) > 1;
        doors.retain(|_, record| record.last + FORGOTTEN_AFTER > now || in_use(record));
        if doors.len() >= TIDY_AT {
            doors.retain(|_, record| in_use(record));
        }
    }
}

/// No account has a longer name than this; all that do share one door.
fn name(user_key: &str) -> String {
    if user_key.len() <= UserId::MAX { user_key.to_owned() } else { String::new() }
}

fn doors_of(address: IpAddr, user_key: &str) -> [(Door, u32); 2] {
    let address = block(address);
    [(Door::Pair(address, name(user_key)), MOST_OF_PAIR), (Door::Address(address), MOST_OF_ADDRESS)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_wrong_try_costs_twice_as_much_and_then_the_door_is_shut() {
        let tries = Tries::default();
        let home = address("192.0.2.1");
        let waits: Vec<u128> = (0..10).map(|_| tries.wrong(home, "alice", 1000).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
        assert_eq!(tries.check(home, "alice", 1000), Err(TooMany { retry_after: 900 }));
        assert_eq!(tries.check(home, "alice", 1600), Err(TooMany { retry_after: 300 }));
        assert_eq!(tries.check(home, "bob", 1000), Ok(()), "another account");
        assert_eq!(tries.check(address("192.0.2.2"), "alice", 1000), Ok(()), "another address");
        assert_eq!(tries.check(home, "alice", 1900), Ok(()), "left alone for a while");
        assert_eq!(tries.wrong(home, "alice", 1900).as_millis(), 100);
    }

    #[test]
    fn a_right_one_makes_up_for_the_wrong_ones() {
        let tries = Tries::default();
        let home = address("192.0.2.1");
        for _ in 0..9 {
            tries.wrong(home, "alice", 1000);
        }
        tries.right(home, "alice");
        assert_eq!(tries.wrong(home, "alice", 1000).as_millis(), 100);
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_shut_out() {
        let tries = Tries::default();
        for number in 0..100 {
            // All of one /64.
            let from = address(&format!("2001:db8::{number:x}"));
            assert_eq!(tries.check(from, &format!("user{number}"), 1000), Ok(()));
            tries.wrong(from, &format!("user{number}"), 1000);
        }
        assert!(tries.check(address("2001:db8::ffff"), "alice", 1000).is_err());
        assert!(tries.check(address("2001:db8:0:1::1"), "alice", 1000).is_ok());
    }
}
