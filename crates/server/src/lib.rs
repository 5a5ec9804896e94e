//! Conversations over HTTP. A request goes one way: route ([`routes`]) → the envelope of [`plauder_ocs`] → who is
//! calling (`caller`) → a handler of a few lines (`handlers`) → one use case in one transaction → the
//! representation of the version asked for (`representation`) → the envelope again.

pub mod api;
pub mod app;
mod auth;
mod buffer_body;
mod cache;
mod connection_counts;
pub mod delivery;
mod error;
pub mod http;
mod long_poll;
mod mail_counts;
pub mod maintenance;
mod metrics;
mod middleware;
mod room_cache;
mod routes;

pub use app::App;
pub use connection_counts::ConnectionCounts;
pub use mail_counts::MailCounts;
pub use metrics::router as metrics_router;
pub use routes::router;
