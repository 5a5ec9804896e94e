//! How many guests one address may be: who has no account costs nothing to make, so nothing else would end a loop that
//! makes them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use plauder_model::Timestamp;
use plauder_ocs::Failure;

use super::address::block;
use crate::error::ApiError;

/// How many seconds the joins of an address are counted together.
const WINDOW: i64 = 60;

/// The guests of each address. Cloning gives another handle to the same.
#[derive(Clone)]
pub(crate) struct Guests {
    /// How many may come online within [`WINDOW`]; 0: any number.
    joins: u32,
    /// How many of their requests may wait at once; 0: any number.
    waits: u32,
    homes: Arc<Mutex<Homes>>,
}

#[derive(Debug, Default)]
struct Homes {
    by_address: HashMap<IpAddr, Home>,
    /// The window in which those were forgotten last from which nobody came for a while.
    tidied: i64,
}

impl Homes {
    fn tidy(&mut self, window: i64) {
        if self.tidied != window {
            self.tidied = window;
            self.by_address.retain(|_, home| home.window == window || home.waiting > 0);
        }
    }
}

#[derive(Debug, Default)]
struct Home {
    /// The window in which somebody came last, and how many did.
    window: i64,
    joined: u32,
    waiting: u32,
}

/// There were too many: so many seconds have to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyGuests {
    pub(crate) retry_after: i64,
}

/// A guest's request that waits, until it is dropped.
#[derive(Debug)]
pub(crate) struct WaitingGuest {
    homes: Arc<Mutex<Homes>>,
    address: IpAddr,
}

impl From<TooManyGuests> for ApiError {
    fn from(refused: TooManyGuests) -> Self {
        let failure = Failure::new(429).because("Too many guests from this address, try again later");
        failure.with_header(RETRY_AFTER, HeaderValue::from(refused.retry_after)).into()
    }
}

impl Guests {
    /// Guests of whom `joins` an address may come online in a minute, and `waits` requests wait; 0: any number.
    pub(crate) fn new(joins: u32, waits: u32) -> Self {
        Self { joins, waits, homes: Arc::default() }
    }

    /// Whether somebody from an address may come online as a guest.
    pub(crate) fn may_join(&self, address: IpAddr, now: Timestamp) -> Result<(), TooManyGuests> {
        let window = now.div_euclid(WINDOW);
        let homes = lock(&self.homes);
        let joined = homes.by_address.get(&block(address)).filter(|home| home.window == window);
        if self.joins > 0 && joined.is_some_and(|home| home.joined >= self.joins) {
            return Err(TooManyGuests { retry_after: (window + 1) * WINDOW - now });
        }
        Ok(())
    }

    /// Notes that somebody from an address came online as a guest.
    pub(crate) fn joined(&self, address: IpAddr, now: Timestamp) {
        if self.joins == 0 {
            return;
        }
        let window = now.div_euclid(WINDOW);
        let mut homes = lock(&self.homes);
        homes.tidy(window);
        let home = homes.by_address.entry(block(address)).or_default();
        if home.window != window {
            (home.window, home.joined) = (window, 0);
        }
        home.joined += 1;
    }

    /// A guest's request from an address wants to wait for messages, for as long as what is returned is kept.
    pub(crate) fn wait(&self, address: IpAddr) -> Result<WaitingGuest, TooManyGuests> {
        let address = block(address);
        let mut homes = lock(&self.homes);
        let home = homes.by_address.entry(address).or_default();
        if self.waits > 0 && home.waiting >= self.waits {
            return Err(TooManyGuests { retry_after: 1 });
        }
        home.waiting += 1;
        Ok(WaitingGuest { homes: Arc::clone(&self.homes), address })
    }
}

impl Drop for WaitingGuest {
    fn drop(&mut self) {
        let mut homes = lock(&self.homes);
        if let Some(home) = homes.by_address.get_mut(&self.address) {
            home.waiting = home.waiting.saturating_sub(1);
            if home.waiting == 0 && home.joined == 0 {
                homes.by_address.remove(&self.address);
            }
        }
    }
}

fn lock(homes: &Mutex<Homes>) -> MutexGuard<'_, Homes> {
    homes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_so_many_guests_a_minute() {
        let guests = Guests::new(2, 0);
        let join = |address, now| guests.may_join(address, now).inspect(|()| guests.joined(address, now));
        let home = address("192.0.2.1");
        assert_eq!(join(home, 605), Ok(()));
        assert_eq!(join(home, 640), Ok(()));
        assert_eq!(join(home, 650), Err(TooManyGuests { retry_after: 10 }));
        assert_eq!(join(address("192.0.2.2"), 650), Ok(()), "another address");
        assert_eq!(join(home, 660), Ok(()));
        assert_eq!(lock(&guests.homes).by_address.len(), 1, "the other one is forgotten");
        let of_one_net = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|from| join(address(from), 660));
        assert!(of_one_net[1].is_ok() && of_one_net[2].is_err());
    }

    #[test]
    fn an_address_waits_so_many_times() {
        let guests = Guests::new(0, 2);
        let home = address("192.0.2.1");
        let (first, _second) = (guests.wait(home).unwrap(), guests.wait(home).unwrap());
        assert!(guests.wait(home).is_err());
        drop(first);
        assert!(guests.wait(home).is_ok());
        let any = Guests::new(0, 0);
        let all: Vec<_> = (0..1_000).map(|_| any.wait(home).unwrap()).collect();
        any.joined(home, 0);
        assert_eq!(any.may_join(home, 0), Ok(()));
        drop(all);
        assert!(lock(&any.homes).by_address.is_empty());
    }
}
