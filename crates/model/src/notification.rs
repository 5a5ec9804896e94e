//! What accounts are told of, and in which words.

/// What somebody is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// Somebody added them to a conversation.
    Invitation,
    /// A message mentions them by name.
    Mention,
    /// A message mentions everybody.
    MentionAll,
    /// A message answers one of theirs.
    Reply,
    /// A message came.
    Message,
    /// A call is on.
    Call,
    /// A call was on, and they were not in it.
    MissedCall,
}

impl NotificationKind {
    const ALL: [Self; 7] = [
        Self::Invitation,
        Self::Mention,
        Self::MentionAll,
        Self::Reply,
        Self::Message,
        Self::Call,
        Self::MissedCall,
    ];

    /// Its name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Mention => "mention",
            Self::MentionAll => "mention_all",
            Self::Reply => "reply",
            Self::Message => "message",
            Self::Call => "call",
            Self::MissedCall => "missed_call",
        }
    }

    /// What `name` stands for, if anything.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is about a message.
    #[must_use]
    pub const fn is_about_message(self) -> bool {
        matches!(self, Self::Mention | Self::MentionAll | Self::Reply | Self::Message)
    }

    /// The sentence that tells of it, between two people or among more. `{user}` stands for who did it, `{call}` for the
    /// conversation.
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
            assert_eq!(NotificationKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(NotificationKind::from_name("moon"), None);
    }
}
