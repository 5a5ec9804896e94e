//! Chat: posting, reading and waiting for messages.

pub mod history;
pub mod mention;
pub mod mention_suggestions;
pub mod message;
pub mod new_messages;
pub(crate) mod page;
pub mod post;
pub mod read_marker;
pub mod record_presence;
pub mod text;
