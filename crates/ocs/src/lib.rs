//! The OCS protocol for axum: every answer in one envelope, as JSON or XML, under `/ocs/v1.php` and `/ocs/v2.php`.
//!
//! Handlers return [`Answer`] or [`Failure`]; [`Envelope::seal`], called around the router, writes them in the entry
//! and format that the request asked for. [`Parameters`] takes what the request carries, from wherever it carries it,
//! and [`guard`] tells requests of clients from those that another site made a browser send.
//!
//! Nothing in here knows of conversations.

pub mod answer;
pub mod envelope;
pub mod guard;
pub mod parameters;
pub mod php;
pub mod prerendered;
pub mod xml;

pub use answer::{Answer, Failure};
pub use envelope::{Entry, Envelope, Format};
pub use parameters::{Parameters, PathParameters};
pub use prerendered::{Prerendered, PrerenderedList};
