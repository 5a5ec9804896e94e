//! A notification as its account sees it.

use plauder_model::{ConversationId, ConversationType, NotificationId, NotificationKind, Timestamp, Token};
use plauder_store::message_names::Mention;
use plauder_store::notifications::Notification;

use crate::chat::message::{MessageView, Parameter, Viewer, call_type};
use crate::chat::page;
use crate::conversation::view::{own_names, place};

/// How many characters of a message are shown.
const MAX_CHARACTERS: usize = 1000;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// Its number.
    pub id: NotificationId,
    /// What it is.
    pub kind: NotificationKind,
    /// When it came.
    pub created_at: Timestamp,
    /// The conversation's number.
    pub conversation: ConversationId,
    /// The conversation's name in addresses.
    pub token: Token,
    /// Whether it is between two people.
    pub between_two: bool,
    /// What kind of conversation it is, in rich objects.
    pub call_type: &'static str,
    /// What the conversation is called.
    pub conversation_name: String,
    /// Who did it.
    pub user: Option<Parameter>,
    /// The message that it is about.
    pub message: Option<MessageView>,
}

impl NotificationView {
    /// How it is shown, with `names` of messages, ordered by message, and with those of the members where the
    /// conversation has no name of its own. `None` while the lobby keeps the one who is told from what it is about, and
    /// where its message is gone.
    pub(crate) fn new<'a>(
        notification: Notification,
        names: &[Mention],
        nameless: impl IntoIterator<Item = &'a str>,
        now: Timestamp,
    ) -> Option<Self> {
        let Notification { id, kind, created_at, actor, conversation, attendee, partner, message } =
            notification;
        if kind != NotificationKind::Invitation && conversation.holds_in_lobby(attendee.rank, now) {
            return None;
        }
        let place = place(&conversation);
        let message = message.map(|message| {
            let names = page::mentions_of(names, message.id);
            let mut view = MessageView::new(&message, &place, Viewer::new(&attendee), names);
            shorten(&mut view);
            view
        });
        if kind.is_about_message() && message.is_none() {
            return None;
        }
        let (_, conversation_name) = own_names(&conversation, partner, nameless);
        Some(Self {
            id,
            kind,
            created_at,
            conversation: conversation.id,
            token: conversation.token.clone(),
            between_two: conversation.kind == ConversationType::OneToOne,
            call_type: call_type(conversation.kind),
            conversation_name,
            user: Parameter::new(&actor),
            message,
        })
    }

    /// The sentence that tells of it; `{user}` and `{call}` stand for names.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        self.kind.sentence(self.between_two)
    }

    /// The sentence with the names in it.
    #[must_use]
    pub fn subject(&self) -> String {
        let user = self.user.as_ref().map_or("", |user| user.name.as_str());
        fill(self.sentence(), |name| match name {
            "user" => Some(user.to_owned()),
            "call" => Some(self.conversation_name.clone()),
            _ => None,
        })
    }

    /// The message with the names in it; empty where it is about none.
    #[must_use]
    pub fn text(&self) -> String {
        let Some(message) = &self.message else { return String::new() };
        fill(&message.message, |name| {
            let (_, parameter) = message.parameters.iter().find(|(known, _)| known == name)?;
            let name = &parameter.name;
            Some(if parameter.kind.is_mention() { format!("@{name}") } else { name.clone() })
        })
    }
}

/// Puts what `named` gives in place of names in braces. What it puts there is not looked at again.
fn fill(text: &str, named: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| Some((named(name)?, after)));
        let (value, after) = named.unwrap_or_else(|| ("{".to_owned(), after));
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Cuts a long message, but no placeholder, and leaves out the names that are not in it any more.
fn shorten(view: &mut MessageView) {
    let Some((cut, _)) = view.message.char_indices().nth(MAX_CHARACTERS) else { return };
    let parameters = &view.parameters;
    let halved = |from: usize| {
        parameters.iter().any(|(name, _)| {
            let whole = format!("{{{name}}}");
            view.message[from..].starts_with(&whole) && from + whole.len() > cut
        })
    };
    let cut = view.message[..cut].rfind('{').filter(|from| halved(*from)).unwrap_or(cut);
    view.message.truncate(cut);
    view.message.push('…');
    let text = &view.message;
    view.parameters.retain(|(name, _)| text.contains(&format!("{{{name}}}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_once() {
        let named = |name: &str| (name == "a").then(|| "{a}".to_owned());
        assert_eq!(fill("{a} and {b}, {{a}} {", named), "{a} and {b}, {{a}} {");
        assert_eq!(fill("no names", named), "no names");
    }
}
