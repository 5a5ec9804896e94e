//! Conversation API v1.

mod participant;
mod room;

use plauder_ocs::php::EmptyArray;
use plauder_talk::Rules;
use plauder_talk::conversation::view::Detail;

pub(crate) use self::participant::{ConflictingSession, Participant, Peer};
pub(crate) use self::room::Room;
use super::manners::{Manners, talk};
use super::version::Version;

/// Conversation API v1.
pub(crate) struct V1;

impl Manners for V1 {
    const FAMILY: &'static str = "conversations v1";
    const PREFIX: &'static str = talk!("v1");
    type Empty = EmptyArray;
}

impl Version for V1 {
    const NUMBER: u8 = 1;
    const RULES: Rules = Rules::V1;
    const DETAIL: Detail = Detail::WithParticipants;
    type Room = Room;
    type Participant = Participant;
    type Peer = Peer;
}
