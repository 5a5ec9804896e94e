//! Conversation API v2: a conversation does not show its members any more, and says whether it can be left and deleted.

mod room;

use plauder_ocs::php::EmptyArray;
use plauder_talk::Rules;
use plauder_talk::conversation::view::Detail;

pub(crate) use self::room::Room;
use super::manners::{Manners, talk};
use super::v1;
use super::version::Version;
use crate::App;
use crate::room_cache::RoomCache;

/// Conversation API v2.
pub(crate) struct V2;

impl Manners for V2 {
    const FAMILY: &'static str = "conversations v2";
    const PREFIX: &'static str = talk!("v2");
    type Empty = EmptyArray;
}

impl Version for V2 {
    const NUMBER: u8 = 2;
    const RULES: Rules = Rules::V1;
    const DETAIL: Detail = Detail::Plain;
    type Room = Room;
    type Participant = v1::Participant;
    type Peer = v1::Peer;

    fn room_cache(app: &App) -> Option<&RoomCache<Room>> {
        Some(&app.room_cache)
    }
}
