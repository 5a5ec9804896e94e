//! A notification as its account sees it.

use plauder_model::{ConversationId, ConversationType, NotificationId, NotificationKind, Timestamp, Token};
use plauder_store::message_names::Mention;
use plauder_store::notifications::Notification;

use crate::chat::message::{MessageView, Parameter, Viewer, call_type};
use crate::chat::page;
use crate::conversation::view::{own_names, place};

/// The maximum length of the message in a notification, in characters.
const MAX_CHARACTERS: usize = 1000;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// The id.
    pub id: NotificationId,
    /// The kind.
    pub kind: NotificationKind,
    /// When it was created.
    pub created_at: Timestamp,
    /// The conversation's id.
    pub conversation: ConversationId,
    /// The conversation's token.
    pub token: Token,
    /// Whether the conversation is one-to-one.
    pub between_two: bool,
    /// The conversation's type in rich objects.
    pub call_type: &'static str,
    /// The conversation's name to show.
    pub conversation_name: String,
    /// The actor.
    pub user: Option<Parameter>,
    /// The message, if the notification is about one.
    pub message: Option<MessageView>,
}

impl NotificationView {
    /// The notification as its account sees it. `names` are those of messages, ordered by message, and `nameless` the
    /// members of conversations without a name. `None` while the account waits in the lobby, and if the message no
    /// longer exists.
    pub(crate) fn new<'a>(
        notification: Notification,
        names: &[Mention],
        nameless: impl IntoIterator<Item = &'a str>,
        now: Timestamp,
    ) -> Option<Self> {
        let Notification { id, kind, created_at, actor, conversation, attendee, partner, message } =
            notification;
        if kind != NotificationKind::Invitation && conversation.holds_in_lobby(attendee.participant_type, now)
        {
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

    /// The sentence, with `{user}` and `{call}` in place of names.
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

    /// The message with the names in it; empty if there is none.
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

/// Replaces placeholders in braces by what `named` returns. Replacements are not searched for placeholders.
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

/// Cuts a long message without cutting a placeholder, and removes the parameters that it no longer mentions.
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
