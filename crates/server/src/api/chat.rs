//! Chat: posting and receiving messages, mentions, the read marker.

mod mentions;
mod post;
mod read_marker;
mod receive;

pub(crate) use self::mentions::SuggestMentions;
pub(crate) use self::post::PostMessage;
pub(crate) use self::read_marker::SetReadMarker;
pub(crate) use self::receive::ReceiveMessages;
