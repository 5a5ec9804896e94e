//! The HTTP server: routes, operations of the OCS API, authentication, and the delivery of messages to waiting clients.
//!
//! A request passes the paths' normalisation ([`http::paths`]), the `middleware` that counts it, buffers its body and
//! seals the answer into the envelope of [`plauder_ocs`], and the router (`routes`). The router calls an operation
//! ([`api`]), which authenticates the sender and authorizes the principal (`auth`), runs one use case of `plauder_talk`
//! in one transaction, and renders the result in the form of the API version.
//!
//! | module | contents |
//! |---|---|
//! | [`api`] | the operations, a file each, and the forms of their answers by version |
//! | `auth` | credentials, policies, the password cache, the limits on failed logins and on guests |
//! | `http` | what HTTP asks of every answer: headers, paths, deadlines, pages for unknown addresses |
//! | `long_poll`, [`delivery`] | requests that wait for messages, and the workers that read new messages for them |
//! | `cache`, `room_cache`, `known_tokens` | the bounded caches |
//! | [`maintenance`] | due work that no request triggers |
//! | `metrics`, `connection_counts`, `mail_counts` | counts for Prometheus |

pub mod api;
pub mod app;
mod auth;
mod buffer_body;
mod cache;
mod connection_counts;
pub mod delivery;
mod error;
pub mod http;
mod known_tokens;
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
