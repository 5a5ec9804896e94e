//! Who is in a conversation: added, and leaving.

pub mod add;
pub mod leave;
