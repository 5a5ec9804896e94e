//! Calls: who is in them, joining and leaving.

mod join;
mod leave;
mod peers;

use self::join::JoinCall;
use self::leave::LeaveCall;
use self::peers::GetPeers;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.versions::<GetPeers>().versions::<JoinCall>().versions::<LeaveCall>()
}
