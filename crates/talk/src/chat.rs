//! Messages as they are shown.

pub mod message;
