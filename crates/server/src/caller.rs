//! Who is calling: what the request shows, whether it is right, and what the route asks of them.

mod address;
mod asker;
mod door;
pub(crate) mod guests;
pub(crate) mod memory;
mod shown;
pub(crate) mod tries;

pub(crate) use asker::{Asker, user_agent};
pub(crate) use door::{Administrator, Circles, Member, Open, SignedIn, Talk};
pub(crate) use shown::set_session_cookie;
