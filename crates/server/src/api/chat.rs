//! Chat: posting and receiving messages, mentions, the read marker.

mod mentions;
mod post;
mod read_marker;
mod receive;

use self::mentions::SuggestMentions;
use self::post::PostMessage;
use self::read_marker::SetReadMarker;
pub(crate) use self::receive::ReceiveMessages;
use super::manners::Chat;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Chat, ReceiveMessages>()
        .mount::<Chat, PostMessage>()
        .mount::<Chat, SetReadMarker>()
        .mount::<Chat, SuggestMentions>()
}
