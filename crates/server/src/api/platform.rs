//! What the server is, what it can do, and whether it is well.

pub(crate) mod capabilities;
mod features;
pub(crate) mod health;
pub(crate) mod status;

use self::capabilities::GetCapabilities;
use super::manners::Capabilities;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Capabilities, GetCapabilities>()
}
