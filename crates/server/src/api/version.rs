//! The versions of the conversation API: each is a type that says what its objects look like and what its rules are.

use plauder_model::Timestamp;
use plauder_store::sessions::{Peer, Session};
use plauder_talk::conversation::ConversationView;
use plauder_talk::conversation::view::Detail;
use plauder_talk::participant::list::Listed;
use schemars::JsonSchema;
use serde::Serialize;

use super::manners::Manners;

/// A version of the API of conversations, participants and calls.
pub(crate) trait Version: Manners {
    /// Its number.
    const NUMBER: u8;
    /// How much of a conversation its object shows.
    const DETAIL: Detail;

    /// A conversation.
    type Room: From<ConversationView> + Serialize + JsonSchema + Send + Sync + 'static;
    /// An item of the list of participants.
    type Participant: From<Listed> + Serialize + JsonSchema + Send + Sync + 'static;
    /// An item of the list of those who are in the call.
    type Peer: From<Peer> + Serialize + JsonSchema + Send + Sync + 'static;
}
