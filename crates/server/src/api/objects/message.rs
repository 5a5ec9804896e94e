//! A message as the Chat API shows it.

use plauder_model::{ActorKind, MessageId, MessageKind, Timestamp};
use plauder_ocs::php::{PhpMap, PhpObject};
use plauder_talk::chat::message::{self, MessageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::rich_object::RichObject;
use crate::api::operation::MemberFeature;

/// The member `lastMessage`: a message, or `[]`.
pub(crate) type LastMessage = PhpObject<Message>;

/// A message (Chat API v1).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Message {
    id: MessageId,
    token: String,
    actor_type: ActorKind,
    actor_id: String,
    actor_display_name: String,
    timestamp: Timestamp,
    message: String,
    message_parameters: PhpMap<String, RichObject>,
    system_message: String,
    message_type: MessageKind,
    is_replyable: bool,
    reference_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Parent>,
}

/// A message that is answered: as it is, or that it is not there any more.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(untagged)]
enum Parent {
    Message(Box<Message>),
    Deleted { id: MessageId, deleted: bool },
}

impl Message {
    /// The features that members stand for.
    pub(crate) const FEATURES: &[MemberFeature] = &[
        ("messageParameters", "chat-v2"),
        ("systemMessage", "system-messages"),
        ("isReplyable", "chat-replies"),
        ("parent", "chat-replies"),
        ("referenceId", "chat-reference-id"),
        ("actorDisplayName", "guest-display-names"),
    ];

    /// Its number.
    pub(crate) fn id(&self) -> MessageId {
        self.id
    }
}

impl From<MessageView> for Message {
    fn from(view: MessageView) -> Self {
        let parameters =
            view.parameters.into_iter().map(|(name, parameter)| (name, RichObject::from(parameter)));
        Self {
            id: view.id,
            token: view.token.as_str().to_owned(),
            actor_type: view.actor.kind,
            actor_id: view.actor.id,
            actor_display_name: view.actor_display_name,
            timestamp: view.timestamp,
            message: view.message,
            message_parameters: PhpMap(parameters.collect()),
            system_message: view.system_message,
            message_type: view.message_type,
            is_replyable: view.is_replyable,
            reference_id: view.reference_id,
            parent: view.parent.map(|parent| match parent {
                message::Parent::Message(parent) => Parent::Message(Box::new(Self::from(*parent))),
                message::Parent::Deleted(id) => Parent::Deleted { id, deleted: true },
            }),
        }
    }
}
