//! Conversation API v1.

use plauder_model::{
    ConversationId, ConversationType, LobbyState, MessageId, NotificationLevel, ParticipantType, ReadOnly,
    Timestamp,
};
use plauder_ocs::php::{PhpMap, PhpObject};
use plauder_talk::conversation::RoomView;
use plauder_talk::conversation::view::Participant;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::objects::message::{LastMessage, Message};
use crate::api::operation::MemberFeature;

/// A conversation in API v1, its members in the order of the wire.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Room {
    id: ConversationId,
    token: String,
    #[serde(rename = "type")]
    kind: ConversationType,
    name: String,
    display_name: String,
    object_type: String,
    object_id: String,
    participant_type: ParticipantType,
    participant_in_call: bool,
    participant_flags: i64,
    read_only: ReadOnly,
    count: i64,
    has_password: bool,
    has_call: bool,
    can_start_call: bool,
    last_activity: Timestamp,
    last_read_message: MessageId,
    unread_messages: i64,
    unread_mention: bool,
    is_favorite: bool,
    notification_level: NotificationLevel,
    last_ping: Timestamp,
    session_id: String,
    participants: PhpMap<String, RoomParticipant>,
    num_guests: i64,
    guest_list: &'static str,
    last_message: LastMessage,
    lobby_state: LobbyState,
    lobby_timer: Timestamp,
}

impl Room {
    /// The features that members stand for.
    pub(crate) const FEATURES: &[MemberFeature] = &[
        ("participantFlags", "in-call-flags"),
        ("readOnly", "read-only-rooms"),
        ("canStartCall", "start-call-flag"),
        ("lastActivity", "last-room-activity"),
        ("lastReadMessage", "chat-read-marker"),
        ("unreadMessages", "chat-v2"),
        ("unreadMention", "mention-flag"),
        ("isFavorite", "favorites"),
        ("notificationLevel", "notification-levels"),
        ("lobbyState", "webinary-lobby"),
        ("lobbyTimer", "webinary-lobby"),
    ];
}

/// An account in the map `participants`, under its id.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RoomParticipant {
    name: String,
    #[serde(rename = "type")]
    kind: ParticipantType,
    call: i64,
    #[serde(rename = "sessionId")]
    session_id: String,
}

impl From<RoomView> for Room {
    fn from(view: RoomView) -> Self {
        let settings = view.settings.unwrap_or_default();
        let own = view.own.unwrap_or_default();
        let content = view.content.unwrap_or_default();
        Self {
            id: view.id,
            token: view.token.as_str().to_owned(),
            kind: view.kind,
            name: settings.name,
            display_name: settings.display_name,
            object_type: settings.object_type,
            object_id: settings.object_id,
            participant_type: own.participant_type,
            participant_in_call: own.participant_flags & 1 == 1,
            participant_flags: own.participant_flags,
            read_only: settings.read_only,
            count: 0,
            has_password: view.has_password,
            has_call: content.has_call,
            can_start_call: content.can_start_call,
            last_activity: settings.last_activity,
            last_read_message: content.last_read_message,
            unread_messages: content.unread_messages,
            unread_mention: content.unread_mention,
            is_favorite: own.is_favorite,
            notification_level: own.notification_level,
            last_ping: own.last_ping,
            session_id: own.session_id.unwrap_or_else(|| "0".to_owned()),
            participants: PhpMap(content.participants.into_iter().map(RoomParticipant::new).collect()),
            num_guests: content.guests,
            guest_list: "",
            last_message: PhpObject(content.last_message.map(Message::from)),
            lobby_state: settings.lobby_state,
            lobby_timer: settings.lobby_timer,
        }
    }
}

impl RoomParticipant {
    fn new(participant: Participant) -> (String, Self) {
        let attendee = Self {
            name: participant.display_name,
            kind: participant.participant_type,
            call: participant.in_call,
            session_id: participant.session_id.unwrap_or_else(|| "0".to_owned()),
        };
        (participant.user_id, attendee)
    }
}
