//! What the server is, what it can do, and whether it is well.

pub(crate) mod capabilities;
pub(crate) mod health;
pub(crate) mod status;

pub(crate) use self::capabilities::GetCapabilities;
