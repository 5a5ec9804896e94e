//! A message in the words of whoever looks at it.

use std::borrow::Cow;

use plauder_model::system_message::Perspective;
use plauder_model::{
    AccountId, AttendeeKind, ConversationType, MessageId, SystemMessage, Timestamp, Token, person,
};
use plauder_store::attendees::Attendee;
use plauder_store::message_names::KeptName;
use plauder_store::messages::{Message, Party, SYSTEM_ID};

/// What stands for the id of everyone whose account was deleted.
const DELETED: &str = "deleted_users";

/// What stands in a sentence for the server, which has no name: what it does there, an administrator told it to.
const ADMINISTRATOR: &str = "An administrator";

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
    pub parameters: Vec<(String, Parameter)>,
    /// What happened; empty in written messages.
    pub system_message: String,
    /// `comment` or `system`.
    pub message_type: String,
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
    /// `user`, `guest`, `call`, or `highlight` for what is a name only.
    pub kind: &'static str,
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
    /// Whoever has that seat.
    #[must_use]
    pub fn of(seat: &Attendee) -> Self {
        seat.account.map_or(Self::Anybody, Self::Account)
    }

    fn is(self, party: &Party) -> bool {
        match self {
            Self::Account(account) => party.account == Some(account),
            Self::Anybody => false,
        }
    }
}

fn is_guest(party: &Party) -> bool {
    party.kind == AttendeeKind::Guest.name()
}

fn is_system(party: &Party) -> bool {
    is_guest(party) && party.id == SYSTEM_ID
}

impl MessageView {
    /// How `viewer` sees `message`, to which `names` belong.
    #[must_use]
    pub fn of(message: &Message, place: &Place<'_>, viewer: Viewer, names: &[KeptName]) -> Self {
        let Message { actor, subject, .. } = message;
        let perspective = if viewer.is(actor) {
            Perspective::Actor
        } else if subject.as_ref().is_some_and(|subject| viewer.is(subject)) {
            Perspective::Subject
        } else {
            Perspective::Observer
        };
        let is_actor = |party: &Party| match actor.account {
            None => party.kind == actor.kind && party.id == actor.id,
            account => party.account == account,
        };
        let by_oneself = subject.as_ref().is_some_and(is_actor);
        let happening = SystemMessage::recall(&message.happening, &message.details);
        let named_actor = happening.as_ref().is_some_and(SystemMessage::names_actor);
        let parties = [("actor", named_actor.then_some(actor)), ("user", subject.as_ref())];
        let parties = parties.into_iter().filter_map(|(name, party)| Some((name.to_owned(), party?)));
        let names = names.iter().map(|name| (name.placeholder.clone(), &name.party));
        let parameters = parties.chain(names);
        Self {
            id: message.id,
            token: place.token.clone(),
            actor_type: if actor.deleted { DELETED.to_owned() } else { actor.kind.clone() },
            actor_id: if actor.deleted { DELETED.to_owned() } else { actor.id.clone() },
            actor_display_name: actor.name.clone(),
            timestamp: message.created_at,
            message: match &happening {
                Some(happening) if is_system(actor) => {
                    happening.sentence(perspective, by_oneself).replace("{actor}", ADMINISTRATOR)
                }
                Some(happening) => happening.sentence(perspective, by_oneself),
                None => message.text.clone(),
            },
            parameters: parameters
                .filter_map(|(name, party)| Some((name, Parameter::of(party, place)?)))
                .collect(),
            system_message: message.happening.clone(),
            message_type: message.kind.clone(),
            is_replyable: message.is_replyable(),
            reference_id: message.reference_id.clone(),
            parent: None,
        }
    }
}

impl Parameter {
    /// How somebody is named; `None` for the server itself, which has no name.
    pub(crate) fn of(party: &Party, place: &Place<'_>) -> Option<Self> {
        if party.deleted {
            let (id, name) = (DELETED.to_owned(), "Deleted user".to_owned());
            return Some(Self { kind: "highlight", id, name, call_type: None });
        }
        if party.kind == "calls" {
            let (id, name) = (place.token.as_str().to_owned(), place.name.clone().into_owned());
            return Some(Self { kind: "call", id, name, call_type: Some(call_type(place.kind)) });
        }
        if is_guest(party) {
            let (id, name) = (format!("guest/{}", party.id), person::shown_guest(&party.name));
            return (!is_system(party)).then_some(Self { kind: "guest", id, name, call_type: None });
        }
        Some(Self { kind: "user", id: party.id.clone(), name: party.name.clone(), call_type: None })
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
