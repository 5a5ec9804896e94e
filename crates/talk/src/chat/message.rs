//! A message as one reader sees it: system messages have a sentence for each perspective.

use std::borrow::Cow;

use plauder_model::system_message::Perspective;
use plauder_model::{
    AccountId, Actor, ActorKind, ConversationType, MessageId, MessageKind, RichObjectType, SystemMessage,
    Timestamp, Token, person,
};
use plauder_store::actors::NamedActor;
use plauder_store::attendees::Attendee;
use plauder_store::message_names::Mention;
use plauder_store::messages::Message;

/// The name of the server as an actor in sentences: it acts there on an administrator's command.
const ADMINISTRATOR: &str = "An administrator";

/// A message as one reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// The id.
    pub id: MessageId,
    /// The conversation's token.
    pub token: Token,
    /// The author, or the actor of a system message.
    pub actor: Actor,
    /// The actor's current name.
    pub actor_display_name: String,
    /// When it was posted.
    pub timestamp: Timestamp,
    /// The text; `{name}` stands for the parameter of that name.
    pub message: String,
    /// The rich objects for the names in braces.
    pub parameters: Vec<(String, Parameter)>,
    /// The kind of system message; empty in written messages.
    pub system_message: String,
    /// What kind of message it is.
    pub message_type: MessageKind,
    /// Whether the message can be replied to.
    pub is_replyable: bool,
    /// The reference id that the author's client chose.
    pub reference_id: String,
    /// The message that this one replies to. Loaded when messages are read, not for the last message of a conversation.
    pub parent: Option<Parent>,
}

/// A message that has a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// The message, without its own parent.
    Message(Box<MessageView>),
    /// The message no longer exists.
    Deleted(MessageId),
}

/// A rich object: an actor or a thing that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The type of object.
    pub kind: RichObjectType,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The type of conversation, if the object is a `call`.
    pub call_type: Option<&'static str>,
}

/// The conversation of a message, as far as sentences need it.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The token.
    pub token: &'a Token,
    /// The type.
    pub kind: ConversationType,
    /// The name to show.
    pub name: Cow<'a, str>,
}

/// The reader of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// An account, which sentences address as "you".
    Account(AccountId),
    /// Anybody else. Guests see the same sentences as others.
    Anybody,
}

impl Viewer {
    /// The reader with this attendee.
    #[must_use]
    pub fn new(attendee: &Attendee) -> Self {
        attendee.account.map_or(Self::Anybody, Self::Account)
    }

    fn is(self, party: &NamedActor) -> bool {
        match self {
            Self::Account(account) => party.account == Some(account),
            Self::Anybody => false,
        }
    }
}

impl MessageView {
    /// `message` with its `names` as `viewer` sees it.
    #[must_use]
    pub fn new(message: &Message, place: &Place<'_>, viewer: Viewer, names: &[Mention]) -> Self {
        let Message { actor, subject, .. } = message;
        let perspective = if viewer.is(actor) {
            Perspective::Actor
        } else if subject.as_ref().is_some_and(|subject| viewer.is(subject)) {
            Perspective::Subject
        } else {
            Perspective::Observer
        };
        let by_oneself = subject.as_ref().is_some_and(|subject| actor.is_same(subject));
        let system_message = SystemMessage::from_parts(&message.system_message, &message.details);
        let named_actor = system_message.as_ref().is_some_and(SystemMessage::names_actor);
        let actors = [("actor", named_actor.then_some(actor)), ("user", subject.as_ref())];
        let actors = actors.into_iter().filter_map(|(name, actor)| Some((name, Parameter::new(actor?)?)));
        let mentions = names.iter().filter_map(|mention| {
            let parameter = match &mention.actor {
                Some(actor) => Parameter::new(actor)?,
                None => Parameter::from_place(place),
            };
            Some((mention.placeholder.as_str(), parameter))
        });
        let parameters = actors.chain(mentions).map(|(name, parameter)| (name.to_owned(), parameter));
        Self {
            id: message.id,
            token: place.token.clone(),
            actor: actor.actor.clone(),
            actor_display_name: actor.display_name.clone(),
            timestamp: message.created_at,
            message: match &system_message {
                Some(system_message) if actor.actor.is_system() => {
                    system_message.sentence(perspective, by_oneself).replace("{actor}", ADMINISTRATOR)
                }
                Some(system_message) => system_message.sentence(perspective, by_oneself),
                None => message.text.clone(),
            },
            parameters: parameters.collect(),
            system_message: message.system_message.clone(),
            message_type: message.kind,
            is_replyable: message.is_replyable(),
            reference_id: message.reference_id.clone(),
            parent: None,
        }
    }
}

impl Parameter {
    /// The rich object of an actor; `None` for the server itself, which has no name.
    pub(crate) fn new(named: &NamedActor) -> Option<Self> {
        let NamedActor { actor, display_name, .. } = named;
        let (kind, id, name) = match actor.kind {
            ActorKind::DeletedUser => {
                (RichObjectType::Highlight, actor.id.clone(), "Deleted user".to_owned())
            }
            ActorKind::Guest if actor.is_system() => return None,
            ActorKind::Guest => {
                (RichObjectType::Guest, format!("guest/{}", actor.id), person::shown_guest(display_name))
            }
            ActorKind::Group | ActorKind::Circle => {
                (RichObjectType::Group, actor.id.clone(), display_name.clone())
            }
            ActorKind::Email | ActorKind::Bot => {
                (RichObjectType::Highlight, actor.id.clone(), display_name.clone())
            }
            ActorKind::User => (RichObjectType::User, actor.id.clone(), display_name.clone()),
        };
        Some(Self { kind, id, name, call_type: None })
    }

    /// The rich object of the conversation.
    fn from_place(place: &Place<'_>) -> Self {
        let (id, name) = (place.token.as_str().to_owned(), place.name.clone().into_owned());
        Self { kind: RichObjectType::Call, id, name, call_type: Some(call_type(place.kind)) }
    }
}

/// What kind of conversation a call is in, in rich objects.
#[must_use]
pub fn call_type(kind: ConversationType) -> &'static str {
    match kind {
        ConversationType::OneToOne => "one2one",
        ConversationType::Group | ConversationType::Changelog => "group",
        ConversationType::Public => "public",
    }
}
