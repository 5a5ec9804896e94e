//! The versions of the conversation API: each is a type that says what its objects look like and what its rules are.

use plauder_model::Token;
use plauder_store::sessions::Peer;
use plauder_talk::Rules;
use plauder_talk::conversation::RoomView;
use plauder_talk::conversation::view::Detail;
use plauder_talk::participant::list::ParticipantView;
use schemars::JsonSchema;
use serde::Serialize;

use super::manners::Manners;
use crate::App;
use crate::room_cache::RoomCache;

/// A version of the API of conversations, participants and calls.
pub(crate) trait Version: Manners {
    /// Its number.
    const NUMBER: u8;
    /// What it decides differently from other versions.
    const RULES: Rules;
    /// How much of a conversation its object shows.
    const DETAIL: Detail;

    /// A conversation.
    type Room: From<RoomView> + Serialize + JsonSchema + Send + Sync + 'static;
    /// An item of the list of participants.
    type Participant: From<ParticipantView> + Serialize + JsonSchema + Send + Sync + 'static;
    /// An item of the list of those who are in the call.
    type Peer: FromPeer + Serialize + JsonSchema + Send + Sync + 'static;

    /// Where its conversations are kept as they were rendered last, if they show nothing that changes all the time.
    fn room_cache(_: &App) -> Option<&RoomCache<Self::Room>> {
        None
    }
}

/// Somebody in the call of the conversation called `token`, as a version shows them.
pub(crate) trait FromPeer {
    /// Renders them.
    fn from_peer(peer: Peer, token: &Token) -> Self;
}
