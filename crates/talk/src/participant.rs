//! The participants of a conversation: listed, added, promoted, removed, joining and leaving.

pub mod add;
pub mod go_offline;
pub mod guest_name;
pub mod join;
pub mod leave;
pub mod list;
mod presence;
pub mod promote;
pub mod remove;
pub mod remove_guest;

pub(crate) use presence::{end_session, remove_attendee};
