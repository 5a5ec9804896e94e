//! The participants of a conversation: listed, added, promoted, removed, joining and leaving.

pub mod add;
pub mod go_offline;
pub mod guest_name;
pub mod join;
pub mod leave;
pub mod list;
pub mod promote;
mod removal;
pub mod remove;
pub mod remove_guest;

pub(crate) use removal::{end_session, remove_attendee};
