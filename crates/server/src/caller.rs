//! Who is calling: the credentials that a request presents, whether they are right, and what an operation asks of them.

mod address;
pub(crate) mod door;
pub(crate) mod guests;
pub(crate) mod memory;
pub(crate) mod sender;
mod shown;
pub(crate) mod tries;

pub(crate) use sender::{Sender, user_agent};
pub(crate) use shown::set_session_cookie;
