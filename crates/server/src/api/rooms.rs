//! Conversations: listing, creating and changing them.

mod allow_guests;
mod create;
mod delete;
mod description;
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

use self::allow_guests::AllowGuests;
use self::create::CreateRoom;
use self::delete::DeleteRoom;
use self::description::SetDescription;
use self::disallow_guests::DisallowGuests;
use self::favorite::AddFavorite;
use self::get::GetRoom;
use self::list::ListRooms;
use self::lobby::{SetLobby, SetLobbyOldSpelling};
use self::notification_level::SetNotificationLevel;
use self::password::SetPassword;
use self::read_only::SetReadOnly;
use self::rename::Rename;
use self::request_password::RequestPassword;
use self::unfavorite::RemoveFavorite;
use super::manners::Chat;
use super::operations::List;

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

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.versions::<ListRooms>()
        .versions::<CreateRoom>()
        .versions::<GetRoom>()
        .versions::<Rename>()
        .versions::<SetDescription>()
        .versions::<DeleteRoom>()
        .versions::<AllowGuests>()
        .versions::<DisallowGuests>()
        .versions::<SetReadOnly>()
        .versions::<SetPassword>()
        .versions::<AddFavorite>()
        .versions::<RemoveFavorite>()
        .versions::<SetNotificationLevel>()
        .versions::<SetLobby>()
        .versions::<SetLobbyOldSpelling>()
        .mount::<Chat, RequestPassword>()
}
