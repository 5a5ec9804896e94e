//! Who waits for what. A request that waits for the messages of a conversation is woken by the commit that made one, on
//! this node ([`hub`]) and, through NATS, on the others ([`relay`]). What came is read and rendered once for all who
//! wait, whoever they are.
//!
//! This room knows neither the store nor HTTP: what is handed over, and who may have it, are types of its user.

#[cfg(test)]
mod any_order;
mod channel;
pub mod hub;
pub mod relay;

pub use channel::{Gate, Generation, Look, Pass, Watch};
pub use hub::{Hub, Queue};
pub use relay::{NatsUrl, Relay, RelayError};
