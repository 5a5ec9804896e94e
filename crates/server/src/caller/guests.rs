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

/// How many addresses are watched before those are forgotten from which nobody came in this window.
const TIDY_AT: usize = 50_000;

/// The guests of each address. Cloning gives another handle to the same.
#[derive(Clone)]
pub(crate) struct Guests {
    /// How many may come online within [`WINDOW`]; 0: any number.
    joins: u32,
    /// How many of their requests may wait at once; 0: any number.
    waits: u32,
    homes: Arc<Mutex<HashMap<IpAddr, Home>>>,
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
    homes: Arc<Mutex<HashMap<IpAddr, Home>>>,
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

    /// Somebody from an address wants to come online as a guest.
    pub(crate) fn join(&self, address: IpAddr, now: Timestamp) -> Result<(), TooManyGuests> {
        if self.joins == 0 {
            return Ok(());
        }
        let window = now.div_euclid(WINDOW);
        let mut homes = lock(&self.homes);
        if homes.len() >= TIDY_AT {
            homes.retain(|_, home| home.window == window || home.waiting > 0);
        }
        let home = homes.entry(block(address)).or_default();
        if home.window != window {
            (home.window, home.joined) = (window, 0);
        }
        if home.joined >= self.joins {
            return Err(TooManyGuests { retry_after: (window + 1) * WINDOW - now });
        }
        home.joined += 1;
        Ok(())
    }

    /// A guest's request from an address wants to wait for messages, for as long as what is returned is kept.
    pub(crate) fn wait(&self, address: IpAddr) -> Result<WaitingGuest, TooManyGuests> {
        let address = block(address);
        let mut homes = lock(&self.homes);
        let home = homes.entry(address).or_default();
        if self.waits > 0 && home.waiting >= self.waits {
            return Err(TooManyGuests { retry_after: 1 });
        }
        home.waiting += 1;
        Ok(WaitingGuest { homes: Arc::clone(&self.homes), address })
    }
}

impl Drop for WaitingGuest {
    fn drop(&mut self) {
        if let Some(home) = lock(&self.homes).get_mut(&self.address) {
            home.waiting = home.waiting.saturating_sub(1);
        }
    }
}

fn lock(homes: &Mutex<HashMap<IpAddr, Home>>) -> MutexGuard<'_, HashMap<IpAddr, Home>> {
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
        let home = address("192.0.2.1");
        assert_eq!(guests.join(home, 605), Ok(()));
        assert_eq!(guests.join(home, 640), Ok(()));
        assert_eq!(guests.join(home, 650), Err(TooManyGuests { retry_after: 10 }));
        assert_eq!(guests.join(address("192.0.2.2"), 650), Ok(()), "another address");
        assert_eq!(guests.join(home, 660), Ok(()));
        let of_one_net =
            ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|from| guests.join(address(from), 660));
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
        let _all: Vec<_> = (0..1_000).map(|_| any.wait(home).unwrap()).collect();
        assert!((0..1_000).all(|_| any.join(home, 0).is_ok()));
    }
}
