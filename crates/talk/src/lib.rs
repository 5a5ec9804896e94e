//! The use cases. Each is a plain function on a transaction: it loads the conversation and the caller's attendee,
//! refuses in the order that the API gives, writes, and returns the result. What it checked still holds when it writes.
//!
//! Nothing slow runs in here: passwords are hashed and verified before (see [`password`]), answers are rendered after.

pub mod access;
pub mod account;
pub mod app_password;
pub mod call;
pub mod caller;
pub mod capabilities;
pub mod chat;
pub mod circle;
pub mod conversation;
pub mod group;
pub mod mail;
pub mod maintenance;
pub mod notification;
pub mod participant;
pub mod password;
pub mod refusal;
pub mod rules;
pub mod search;
pub mod secret;
pub mod settings;

pub use access::{AccessError, Capability};
pub use caller::{Caller, SignedIn};
pub use refusal::{Refusal, UseCaseError};
pub use rules::Rules;
pub use settings::Settings;

#[cfg(test)]
mod state_machine;
#[cfg(test)]
mod testing;
