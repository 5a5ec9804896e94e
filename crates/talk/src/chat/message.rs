//! A message in the words of whoever looks at it.

use plauder_model::system_message::Perspective;
use plauder_model::{AccountId, MessageId, SystemMessage, Timestamp, Token};
use plauder_store::messages::{Message, Party};

/// What stands for the id of everyone whose account was deleted.
const DELETED: &str = "deleted_users";

/// A message as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// Its number.
    pub id: MessageId,
    /// The conversation it is in.
    pub token: Token,
    /// What the actor is: `users`, `guests`, `bots` or `deleted_users`.
    pub actor_type: String,
    /// Who wrote it, or did what it tells of.
    pub actor_id: String,
    /// Their name now.
    pub actor_display_name: String,
    /// When it came.
    pub timestamp: Timestamp,
    /// The text; `{name}` stands for the parameter of that name.
    pub message: String,
    /// Who is meant by the names in braces.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// What happened; empty in written messages.
    pub system_message: String,
    /// `comment` or `system`.
    pub message_type: String,
    /// Whether one can reply to it.
    pub is_replyable: bool,
    /// What the writer's program calls it.
    pub reference_id: String,
}

/// Somebody or something that is named in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// `user`, or `highlight` for what is a name only.
    pub kind: &'static str,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl MessageView {
    /// How `viewer` sees `message`.
    #[must_use]
    pub fn of(message: &Message, token: &Token, viewer: AccountId) -> Self {
        let Message { actor, subject, .. } = message;
        let is_viewer = |party: &Party| party.account == Some(viewer);
        let perspective = if is_viewer(actor) {
            Perspective::Actor
        } else if subject.as_ref().is_some_and(is_viewer) {
            Perspective::Subject
        } else {
            Perspective::Observer
        };
        let by_oneself = subject.as_ref().is_some_and(|s| s.account.is_some() && s.account == actor.account);
        let happening = SystemMessage::recall(&message.happening, &message.details);
        let parameters = [Some(("actor", actor)), subject.as_ref().map(|subject| ("user", subject))];
        let named = |(name, party)| (name, Parameter::of(party));
        Self {
            id: message.id,
            token: token.clone(),
            actor_type: if actor.deleted { DELETED.to_owned() } else { actor.kind.clone() },
            actor_id: if actor.deleted { DELETED.to_owned() } else { actor.id.clone() },
            actor_display_name: actor.name.clone(),
            timestamp: message.created_at,
            message: match &happening {
                Some(happening) => happening.sentence(perspective, by_oneself),
                None => message.text.clone(),
            },
            parameters: match happening {
                Some(_) => parameters.into_iter().flatten().map(named).collect(),
                None => Vec::new(),
            },
            system_message: message.happening.clone(),
            message_type: message.kind.clone(),
            is_replyable: message.kind == "comment" && !actor.deleted,
            reference_id: message.reference_id.clone(),
        }
    }
}

impl Parameter {
    fn of(party: &Party) -> Self {
        if party.deleted {
            return Self { kind: "highlight", id: DELETED.to_owned(), name: "Deleted user".to_owned() };
        }
        Self { kind: "user", id: party.id.clone(), name: party.name.clone() }
    }
}
