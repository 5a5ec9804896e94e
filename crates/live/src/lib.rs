//! Who waits for what. A request that waits for the messages of a conversation is woken by the commit that made one, on
//! this node ([`hub`]) and, through NATS, on the others ([`relay`]). What came is read and rendered once for all who
//! wait, whoever they are.
//!
//! This room knows neither the store nor HTTP: what is handed over, and who may have it, are types of its user.

mod feed;
pub mod hub;
pub mod relay;
#[cfg(test)]
mod state_machine;

pub use feed::{AccessSnapshot, Generation, Poll, ReaderAccess, Subscription};
pub use hub::{Hub, Queue};
pub use relay::{NatsUrl, Relay, RelayError};
