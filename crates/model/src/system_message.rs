//! What happened in a conversation, told as a message in its chat, in the words of whoever looks at it.

/// A happening that is told in the chat. The names are those of the member `systemMessage` on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemMessage {
    /// The conversation was made.
    ConversationCreated,
    /// The conversation got another name.
    ConversationRenamed {
        /// The name before.
        from: String,
        /// The name since.
        to: String,
    },
    /// Guests may come in.
    GuestsAllowed,
    /// Guests may not come in any more.
    GuestsDisallowed,
    /// Coming in needs a password.
    PasswordSet,
    /// Coming in needs no password any more.
    PasswordRemoved,
    /// Nobody may write or call any more.
    ReadOnly,
    /// People may write and call again.
    ReadOnlyOff,
    /// Somebody was added, or joined by themselves.
    UserAdded,
    /// Somebody was removed, or left by themselves.
    UserRemoved,
    /// An account became a moderator.
    ModeratorPromoted,
    /// A moderator became a user again.
    ModeratorDemoted,
}

/// From whose eyes a happening is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perspective {
    /// Of the one who did it.
    Actor,
    /// Of the one to whom it was done.
    Subject,
    /// Of anybody else.
    Observer,
}

impl SystemMessage {
    /// The name on the wire and in the store.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConversationCreated => "conversation_created",
            Self::ConversationRenamed { .. } => "conversation_renamed",
            Self::GuestsAllowed => "guests_allowed",
            Self::GuestsDisallowed => "guests_disallowed",
            Self::PasswordSet => "password_set",
            Self::PasswordRemoved => "password_removed",
            Self::ReadOnly => "read_only",
            Self::ReadOnlyOff => "read_only_off",
            Self::UserAdded => "user_added",
            Self::UserRemoved => "user_removed",
            Self::ModeratorPromoted => "moderator_promoted",
            Self::ModeratorDemoted => "moderator_demoted",
        }
    }

    /// What has to be kept beside the name, as JSON: an object of texts, `{}` where there is nothing.
    #[must_use]
    pub fn details(&self) -> String {
        match self {
            Self::ConversationRenamed { from, to } => {
                serde_json::json!({ "oldName": from, "newName": to }).to_string()
            }
            _ => "{}".to_owned(),
        }
    }

    /// The happening that was kept as `name` and `details`, if this program knows it.
    #[must_use]
    pub fn recall(name: &str, details: &str) -> Option<Self> {
        Some(match name {
            "conversation_created" => Self::ConversationCreated,
            "conversation_renamed" => {
                let details: serde_json::Value = serde_json::from_str(details).ok()?;
                let text = |key: &str| details[key].as_str().map(str::to_owned);
                Self::ConversationRenamed { from: text("oldName")?, to: text("newName")? }
            }
            "guests_allowed" => Self::GuestsAllowed,
            "guests_disallowed" => Self::GuestsDisallowed,
            "password_set" => Self::PasswordSet,
            "password_removed" => Self::PasswordRemoved,
            "read_only" => Self::ReadOnly,
            "read_only_off" => Self::ReadOnlyOff,
            "user_added" => Self::UserAdded,
            "user_removed" => Self::UserRemoved,
            "moderator_promoted" => Self::ModeratorPromoted,
            "moderator_demoted" => Self::ModeratorDemoted,
            _ => return None,
        })
    }

    /// The sentence, with `{actor}` and `{user}` standing for who did it and to whom. `by_oneself`: these two are the
    /// same person, who joined or left.
    #[must_use]
    pub fn sentence(&self, perspective: Perspective, by_oneself: bool) -> String {
        use Perspective::{Actor, Observer, Subject};
        let same = |words: &str| match perspective {
            Actor => format!("You {words}"),
            Subject | Observer => format!("{{actor}} {words}"),
        };
        let to_somebody = |verb: &str, rest: &str| match perspective {
            Actor => format!("You {verb} {{user}}{rest}"),
            Subject => format!("{{actor}} {verb} you{rest}"),
            Observer => format!("{{actor}} {verb} {{user}}{rest}"),
        };
        match self {
            Self::ConversationCreated => same("created the conversation"),
            Self::ConversationRenamed { from, to } => {
                same(&format!("renamed the conversation from \"{from}\" to \"{to}\""))
            }
            Self::GuestsAllowed => same("allowed guests"),
            Self::GuestsDisallowed => same("disallowed guests"),
            Self::PasswordSet => same("set a password"),
            Self::PasswordRemoved => same("removed the password"),
            Self::ReadOnly => same("locked the conversation"),
            Self::ReadOnlyOff => same("unlocked the conversation"),
            Self::UserAdded if by_oneself => same("joined the conversation"),
            Self::UserRemoved if by_oneself => same("left the conversation"),
            Self::UserAdded => to_somebody("added", ""),
            Self::UserRemoved => to_somebody("removed", ""),
            Self::ModeratorPromoted => to_somebody("promoted", " to moderator"),
            Self::ModeratorDemoted => to_somebody("demoted", " from moderator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Perspective::{Actor, Observer, Subject};

    fn every() -> Vec<SystemMessage> {
        vec![
            SystemMessage::ConversationCreated,
            SystemMessage::ConversationRenamed { from: "\"A\"\n".into(), to: "{user} é".into() },
            SystemMessage::GuestsAllowed,
            SystemMessage::GuestsDisallowed,
            SystemMessage::PasswordSet,
            SystemMessage::PasswordRemoved,
            SystemMessage::ReadOnly,
            SystemMessage::ReadOnlyOff,
            SystemMessage::UserAdded,
            SystemMessage::UserRemoved,
            SystemMessage::ModeratorPromoted,
            SystemMessage::ModeratorDemoted,
        ]
    }

    #[test]
    fn what_is_kept_is_recalled() {
        for happening in every() {
            assert_eq!(SystemMessage::recall(happening.name(), &happening.details()), Some(happening));
        }
        assert_eq!(SystemMessage::recall("from_the_future", "{}"), None);
        assert_eq!(SystemMessage::recall("conversation_renamed", "{}"), None);
    }

    #[test]
    fn told_in_three_perspectives() {
        let added = SystemMessage::UserAdded;
        assert_eq!(added.sentence(Actor, false), "You added {user}");
        assert_eq!(added.sentence(Subject, false), "{actor} added you");
        assert_eq!(added.sentence(Observer, false), "{actor} added {user}");
        assert_eq!(SystemMessage::UserRemoved.sentence(Subject, false), "{actor} removed you");
        assert_eq!(
            SystemMessage::ModeratorPromoted.sentence(Subject, false),
            "{actor} promoted you to moderator"
        );
        assert_eq!(
            SystemMessage::ModeratorDemoted.sentence(Actor, false),
            "You demoted {user} from moderator"
        );
        let left = SystemMessage::UserRemoved;
        assert_eq!(left.sentence(Actor, true), "You left the conversation");
        assert_eq!(left.sentence(Observer, true), "{actor} left the conversation");
        let renamed = SystemMessage::ConversationRenamed { from: "A".into(), to: "B".into() };
        assert_eq!(renamed.sentence(Actor, false), "You renamed the conversation from \"A\" to \"B\"");
        assert_eq!(renamed.sentence(Observer, false), "{actor} renamed the conversation from \"A\" to \"B\"");
    }
}
