//! Conversations over HTTP. A request goes one way: route ([`routes`]) → the envelope of [`plauder_ocs`] → who is
//! calling (`caller`) → a handler of a few lines (`handlers`) → one use case in one transaction → the
//! representation of the version asked for (`representation`) → the envelope again.

pub mod api;
pub mod app;
mod cache;
mod caller;
mod connection_counts;
pub mod delivery;
mod edge;
mod error;
mod gather;
pub mod http;
mod kept_rooms;
mod mail_counts;
mod metrics;
mod routes;
pub mod upkeep;
mod waiting;

pub use app::App;
pub use connection_counts::ConnectionCounts;
pub use mail_counts::MailCounts;
pub use metrics::router as metrics_router;
pub use routes::router;
