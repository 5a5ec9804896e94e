//! Who is in a conversation: listed, added, promoted and removed, and leaving.

pub mod add;
pub mod leave;
pub mod list;
pub mod promote;
pub mod remove;
