//! Subscriptions to conversations. A request that waits for messages is woken by the commit that wrote one: on this
//! node by the [`hub`], on other nodes by the [`relay`] through NATS. New messages are read and rendered once for all
//! waiting clients of a conversation.
//!
//! This crate knows neither the store nor HTTP: the type of an item and the type of an access version are parameters.

mod feed;
pub mod hub;
pub mod relay;
#[cfg(test)]
mod state_machine;

pub use feed::{AccessSnapshot, PendingRead, Poll, ReaderAccess, Subscription};
pub use hub::{Hub, Queue};
pub use relay::{NatsUrl, Relay, RelayError};
