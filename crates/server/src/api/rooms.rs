//! Conversations: listing, creating and changing them.

mod allow_guests;
mod create;
mod delete;
mod disallow_guests;
mod favorite;
mod get;
mod list;
mod lobby;
mod notification_level;
mod password;
mod read_only;
mod rename;
mod request_password;
mod unfavorite;

pub(crate) use self::allow_guests::AllowGuests;
pub(crate) use self::create::CreateRoom;
pub(crate) use self::delete::DeleteRoom;
pub(crate) use self::disallow_guests::DisallowGuests;
pub(crate) use self::favorite::AddFavorite;
pub(crate) use self::get::GetRoom;
pub(crate) use self::list::ListRooms;
pub(crate) use self::lobby::{SetLobby, SetLobbyOldSpelling};
pub(crate) use self::notification_level::SetNotificationLevel;
pub(crate) use self::password::SetPassword;
pub(crate) use self::read_only::SetReadOnly;
pub(crate) use self::rename::Rename;
pub(crate) use self::request_password::RequestPassword;
pub(crate) use self::unfavorite::RemoveFavorite;

use axum::http::{HeaderName, HeaderValue};
use plauder_derive::Params;
use plauder_model::Token;
use plauder_talk::Settings;

use crate::api::platform::status::BUILD;

const TALK_HASH: HeaderName = HeaderName::from_static("x-nextcloud-talk-hash");

/// Tells clients when to fetch the capabilities again.
fn talk_hash(settings: &Settings) -> HeaderValue {
    HeaderValue::from_str(&settings.hash(BUILD)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The parameters of an operation on a conversation that takes nothing else.
#[derive(Params)]
pub(crate) struct RoomParams {
    /// The conversation.
    #[param(path)]
    pub(crate) token: Token,
}
