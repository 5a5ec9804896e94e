//! Conversation API v3. It grows operation by operation; an operation belongs to it if its `Meta` says `since(3)`.

use plauder_ocs::php::EmptyArray;
use plauder_talk::Rules;
use plauder_talk::conversation::view::Detail;

use super::manners::{Manners, talk};
use super::version::Version;
use super::{v1, v2};

/// Conversation API v3.
pub(crate) struct V3;

impl Manners for V3 {
    const FAMILY: &'static str = "conversations v3";
    const PREFIX: &'static str = talk!("v3");
    type Empty = EmptyArray;
}

/// No operation of version 3 answers a conversation, a participant or a peer so far; it has the objects of the versions
/// before until the first one does.
impl Version for V3 {
    const NUMBER: u8 = 3;
    const RULES: Rules = Rules::V3;
    const DETAIL: Detail = Detail::Plain;
    type Room = v2::Room;
    type Participant = v1::Participant;
    type Peer = v1::Peer;
}
