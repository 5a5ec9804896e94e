//! Chat: written, read, waited for.

pub mod attend;
pub mod history;
pub mod mention;
pub mod mention_suggestions;
pub mod message;
pub mod news;
pub(crate) mod page;
pub mod post;
pub mod read_marker;
pub mod text;
