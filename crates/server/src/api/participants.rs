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

use self::add::AddParticipant;
use self::demote::Demote;
use self::go_offline::GoOffline;
use self::guest_name::SetGuestName;
use self::join::JoinRoom;
use self::leave::LeaveRoom;
use self::list::ListParticipants;
use self::promote::Promote;
use self::remove::RemoveParticipant;
use self::remove_guest::RemoveGuest;
use super::manners::Chat;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.versions::<ListParticipants>()
        .versions::<AddParticipant>()
        .versions::<RemoveParticipant>()
        .versions::<LeaveRoom>()
        .versions::<RemoveGuest>()
        .versions::<JoinRoom>()
        .versions::<GoOffline>()
        .versions::<Promote>()
        .versions::<Demote>()
        .mount::<Chat, SetGuestName>()
}
