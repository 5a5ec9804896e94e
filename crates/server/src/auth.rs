//! Authentication and authorization: the credentials that a request presents, their verification, the policies of
//! operations, and the limits on failed logins and on guests.

mod address;
pub(crate) mod guest_limiter;
pub(crate) mod login_throttle;
pub(crate) mod password_cache;
pub(crate) mod policy;
mod presented;
pub(crate) mod sender;

pub(crate) use presented::{SESSION_COOKIE, set_session_cookie};
pub(crate) use sender::{Sender, user_agent};
