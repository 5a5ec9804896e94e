//! Who is calling: the credentials that a request presents, whether they are right, and what an operation asks of them.

mod address;
pub(crate) mod guest_limiter;
pub(crate) mod login_throttle;
pub(crate) mod password_cache;
pub(crate) mod policy;
mod presented;
pub(crate) mod sender;

pub(crate) use presented::{SESSION_COOKIE, set_session_cookie};
pub(crate) use sender::{Sender, user_agent};
