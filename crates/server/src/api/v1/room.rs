//! Conversation API v1.

use plauder_model::{
    ConversationId, ConversationType, LobbyState, MessageId, NotificationLevel, ParticipantType, ReadOnly,
    Timestamp,
};
use plauder_ocs::empty::{MapOrNothing, OrNothing};
use plauder_talk::conversation::ConversationView;
use plauder_talk::conversation::view::Participant;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::objects::message::{LastMessage, Message};

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
    participants: MapOrNothing<String, Seat>,
    num_guests: i64,
    guest_list: &'static str,
    last_message: LastMessage,
    lobby_state: LobbyState,
    lobby_timer: Timestamp,
}

/// An account in the map `participants`, under its id.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Seat {
    name: String,
    #[serde(rename = "type")]
    kind: ParticipantType,
    call: i64,
    #[serde(rename = "sessionId")]
    session_id: String,
}

impl From<ConversationView> for Room {
    fn from(view: ConversationView) -> Self {
        Self {
            id: view.id,
            token: view.token.as_str().to_owned(),
            kind: view.kind,
            name: view.name,
            display_name: view.display_name,
            object_type: view.object_type,
            object_id: view.object_id,
            participant_type: view.participant_type,
            participant_in_call: view.participant_flags & 1 == 1,
            participant_flags: view.participant_flags,
            read_only: view.read_only,
            count: 0,
            has_password: view.has_password,
            has_call: view.has_call,
            can_start_call: view.can_start_call,
            last_activity: view.last_activity,
            last_read_message: view.last_read_message,
            unread_messages: view.unread_messages,
            unread_mention: view.unread_mention,
            is_favorite: view.is_favorite,
            notification_level: view.notification_level,
            last_ping: view.last_ping,
            session_id: view.session_id.unwrap_or_else(|| "0".to_owned()),
            participants: MapOrNothing(view.participants.into_iter().map(Seat::of).collect()),
            num_guests: view.guests,
            guest_list: "",
            last_message: OrNothing(view.last_message.map(Message::from)),
            lobby_state: view.lobby_state,
            lobby_timer: view.lobby_timer,
        }
    }
}

impl Seat {
    fn of(participant: Participant) -> (String, Self) {
        let seat = Self {
            name: participant.display_name,
            kind: participant.rank,
            call: participant.in_call,
            session_id: participant.session_id.unwrap_or_else(|| "0".to_owned()),
        };
        (participant.user_id, seat)
    }
}
