//! What accounts are told of, and in which words.

use crate::wire::wire_names;

wire_names! {
    /// What an account is notified of. The names are those in the store.
    NotificationKind {
        /// Somebody added the account to a conversation.
        Invitation = "invitation",
        /// A message mentions the account by name.
        Mention = "mention",
        /// A message mentions everybody.
        MentionAll = "mention_all",
        /// A message replies to one that the account wrote.
        Reply = "reply",
        /// Somebody wrote a message.
        Message = "message",
        /// A call is in progress.
        Call = "call",
        /// A call has ended that the account did not join.
        MissedCall = "missed_call",
    }
}

impl NotificationKind {
    /// Whether it is about a message.
    #[must_use]
    pub const fn is_about_message(self) -> bool {
        matches!(self, Self::Mention | Self::MentionAll | Self::Reply | Self::Message)
    }

    /// The sentence that tells of it, between two people or among more. `{user}` stands for who did it, `{call}` for
    /// the conversation.
    #[must_use]
    pub const fn sentence(self, between_two: bool) -> &'static str {
        match (self, between_two) {
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
    fn names_are_read_back() {
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(NotificationKind::from_name("moon"), None);
    }
}
