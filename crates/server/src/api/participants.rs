//! Who is in a conversation: listing, adding, removing, promoting them, and their coming and going.

mod add;
mod demote;
mod go_offline;
mod guest_name;
mod join;
mod leave;
mod list;
mod promote;
mod remove;
mod remove_guest;
mod target;

pub(crate) use self::add::AddParticipant;
pub(crate) use self::demote::Demote;
pub(crate) use self::go_offline::GoOffline;
pub(crate) use self::guest_name::SetGuestName;
pub(crate) use self::join::JoinRoom;
pub(crate) use self::leave::LeaveRoom;
pub(crate) use self::list::ListParticipants;
pub(crate) use self::promote::Promote;
pub(crate) use self::remove::RemoveParticipant;
pub(crate) use self::remove_guest::RemoveGuest;
