//! Notifications: their kinds, and the sentences that clients show.

use crate::wire::wire_names;

wire_names! {
    /// The event of which an account is notified. The names are those in the store.
    NotificationKind {
        /// The account was added to a conversation.
        Invitation = "invitation",
        /// A message mentions the account by name.
        Mention = "mention",
        /// A message mentions everybody.
        MentionAll = "mention_all",
        /// A message replies to one that the account wrote.
        Reply = "reply",
        /// Any other message.
        Message = "message",
        /// A call is in progress.
        Call = "call",
        /// A call that the account did not join has ended.
        MissedCall = "missed_call",
    }
}

impl NotificationKind {
    /// Whether the notification is about a message.
    #[must_use]
    pub const fn is_about_message(self) -> bool {
        matches!(self, Self::Mention | Self::MentionAll | Self::Reply | Self::Message)
    }

    /// The sentence that clients show. `{user}` stands for the actor, `{call}` for the conversation. In a one-to-one
    /// conversation (`one_to_one`) the sentence does not name the conversation.
    #[must_use]
    pub const fn sentence(self, one_to_one: bool) -> &'static str {
        match (self, one_to_one) {
            (Self::Invitation, true) => "{user} invited you to a private conversation",
            (Self::Invitation, false) => "{user} invited you to a group conversation: {call}",
            (Self::Mention, true) => "{user} mentioned you in a private conversation",
            (Self::Mention, false) => "{user} mentioned you in conversation {call}",
            (Self::MentionAll, _) => "{user} mentioned everyone in conversation {call}",
            (Self::Reply, true) => "{user} replied to your private message",
            (Self::Reply, false) => "{user} replied to your message in conversation {call}",
            (Self::Message, true) => "{user} sent you a private message",
            (Self::Message, false) => "{user} sent a message in conversation {call}",
            (Self::Call, true) => "{user} would like to talk with you",
            (Self::Call, false) => "A group call has started in {call}",
            (Self::MissedCall, true) => "You missed a call from {user}",
            (Self::MissedCall, false) => "You missed a group call in {call}",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_parsed_from_its_name() {
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(NotificationKind::from_name("moon"), None);
    }
}
