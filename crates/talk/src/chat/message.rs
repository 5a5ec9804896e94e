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

/// What stands in a sentence for the server, which has no name: what it does there, an administrator told it to.
const ADMINISTRATOR: &str = "An administrator";

/// A message as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// Its number.
    pub id: MessageId,
    /// The conversation it is in.
    pub token: Token,
    /// Who wrote it, or did what it tells of.
    pub actor: Actor,
    /// Their name now.
    pub actor_display_name: String,
    /// When it came.
    pub timestamp: Timestamp,
    /// The text; `{name}` stands for the parameter of that name.
    pub message: String,
    /// Who is meant by the names in braces.
    pub parameters: Vec<(String, Parameter)>,
    /// What happened; empty in written messages.
    pub system_message: String,
    /// What kind of message it is.
    pub message_type: MessageKind,
    /// Whether one can reply to it.
    pub is_replyable: bool,
    /// What the writer's program calls it.
    pub reference_id: String,
    /// The message that it answers. Looked up where messages are read, not where a conversation shows its last one.
    pub parent: Option<Parent>,
}

/// A message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// It is there; without the one that it answers itself.
    There(Box<MessageView>),
    /// It is not there any more.
    Gone(MessageId),
}

/// Somebody or something that is named in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The type of object.
    pub kind: RichObjectType,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What kind of conversation a `call` is; else `None`.
    pub call_type: Option<&'static str>,
}

/// Where a message is.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The conversation.
    pub token: &'a Token,
    /// Its kind.
    pub kind: ConversationType,
    /// What it is called.
    pub name: Cow<'a, str>,
}

/// Who looks at a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody with an account, who reads of themselves as "you".
    Account(AccountId),
    /// Anybody else. Guests read of themselves as others do.
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
    /// How `viewer` sees `message`, to which `names` belong.
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
                None => Parameter::of_conversation(place),
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
    /// How an actor is named; `None` for the server itself, which has no name.
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

    /// How the conversation itself is named.
    fn of_conversation(place: &Place<'_>) -> Self {
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
