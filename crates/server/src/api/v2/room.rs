//! Conversation API v2.

use plauder_model::{
    ConversationId, ConversationType, LobbyState, MessageId, NotificationLevel, ParticipantType, ReadOnly,
    Timestamp,
};
use plauder_ocs::empty::OrNothing;
use plauder_talk::conversation::ConversationView;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::objects::message::{LastMessage, Message};

/// A conversation in API v2, its members in the order of the wire.
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
    participant_flags: i64,
    read_only: ReadOnly,
    has_password: bool,
    has_call: bool,
    can_start_call: bool,
    last_activity: Timestamp,
    last_read_message: MessageId,
    unread_messages: i64,
    unread_mention: bool,
    is_favorite: bool,
    can_leave_conversation: bool,
    can_delete_conversation: bool,
    notification_level: NotificationLevel,
    last_ping: Timestamp,
    session_id: String,
    guest_list: &'static str,
    last_message: LastMessage,
    lobby_state: LobbyState,
    lobby_timer: Timestamp,
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
            participant_flags: view.participant_flags,
            read_only: view.read_only,
            has_password: view.has_password,
            has_call: view.has_call,
            can_start_call: view.can_start_call,
            last_activity: view.last_activity,
            last_read_message: view.last_read_message,
            unread_messages: view.unread_messages,
            unread_mention: view.unread_mention,
            is_favorite: view.is_favorite,
            can_leave_conversation: view.can_leave,
            can_delete_conversation: view.can_delete,
            notification_level: view.notification_level,
            last_ping: view.last_ping,
            session_id: view.session_id.unwrap_or_else(|| "0".to_owned()),
            guest_list: "",
            last_message: OrNothing(view.last_message.map(Message::from)),
            lobby_state: view.lobby_state,
            lobby_timer: view.lobby_timer,
        }
    }
}
