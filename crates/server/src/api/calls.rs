//! Calls: who is in them, joining and leaving.

mod join;
mod leave;
mod peers;

pub(crate) use self::join::JoinCall;
pub(crate) use self::leave::LeaveCall;
pub(crate) use self::peers::GetPeers;
