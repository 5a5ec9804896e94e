//! The OCS protocol for axum: answers in an envelope, as JSON or XML, under `/ocs/v1.php` and `/ocs/v2.php`.
//!
//! Handlers return [`Answer`] or [`Failure`]. [`Envelope::seal`], called around the router, writes them for the entry
//! point and in the format that the request asks for. [`Parameters`] reads the parameters of a request from its query,
//! form or JSON, and [`guard`] refuses requests that another site has made a browser send.
//!
//! This crate knows nothing of conversations.

pub mod answer;
pub mod envelope;
pub mod guard;
pub mod parameters;
pub mod php;
pub mod prerendered;
pub mod xml;

pub use answer::{Answer, Failure};
pub use envelope::{EntryPoint, Envelope, Format};
pub use parameters::{Parameters, PathParameters};
pub use prerendered::{Prerendered, PrerenderedList};
