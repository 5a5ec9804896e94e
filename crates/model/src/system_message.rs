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
    /// The description changed to this.
    DescriptionSet(String),
    /// The description was removed.
    DescriptionRemoved,
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
    /// A guest became a moderator.
    GuestModeratorPromoted,
    /// A guest is no moderator any more.
    GuestModeratorDemoted,
    /// The lobby was opened.
    LobbyNone,
    /// The lobby keeps everyone but moderators waiting.
    LobbyNonModerators,
    /// The lobby opened by itself at the time it was given.
    LobbyTimerReached,
    /// Somebody began a call.
    CallStarted,
    /// Somebody came into the call.
    CallJoined,
    /// Somebody went out of the call.
    CallLeft,
    /// The last one went out of the call.
    CallEnded(CallSummary),
}

/// What is told of a call that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSummary {
    /// How many accounts took part.
    pub accounts: i64,
    /// How many guests took part.
    pub guests: i64,
    /// How long it was, in seconds.
    pub seconds: i64,
}

impl CallSummary {
    /// How many accounts are named at the most.
    pub const MAX_NAMED: i64 = 5;

    /// How many accounts are named, as `{user1}`, `{user2}`, …: all, or where these are too many or guests have to be
    /// mentioned beside them, one less than the most.
    #[must_use]
    pub const fn named(self) -> i64 {
        let most = if self.accounts > Self::MAX_NAMED || self.guests > 0 {
            Self::MAX_NAMED - 1
        } else {
            Self::MAX_NAMED
        };
        if self.accounts < most { self.accounts } else { most }
    }

    fn sentence(self) -> String {
        let named = self.named();
        let mut parts: Vec<String> = (1..=named).map(|number| format!("{{user{number}}}")).collect();
        let others = self.accounts - named;
        let plural =
            |count: i64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        if others > 0 {
            parts.push(plural(others + self.guests, "other", "others"));
        } else if self.guests > 0 || parts.is_empty() {
            parts.push(plural(self.guests, "guest", "guests"));
        }
        let last = parts.pop().unwrap_or_default();
        let who = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        format!("Call with {who} (Duration {})", duration(self.seconds))
    }
}

/// `M:SS`, or `H:MM:SS` from an hour on.
fn duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
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
    /// The details of a system message that needs none.
    pub const NO_DETAILS: &'static str = "{}";

    /// The name on the wire and in the store.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConversationCreated => "conversation_created",
            Self::ConversationRenamed { .. } => "conversation_renamed",
            Self::DescriptionSet(_) => "description_set",
            Self::DescriptionRemoved => "description_removed",
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
            Self::GuestModeratorPromoted => "guest_moderator_promoted",
            Self::GuestModeratorDemoted => "guest_moderator_demoted",
            Self::LobbyNone => "lobby_none",
            Self::LobbyNonModerators => "lobby_non_moderators",
            Self::LobbyTimerReached => "lobby_timer_reached",
            Self::CallStarted => "call_started",
            Self::CallJoined => "call_joined",
            Self::CallLeft => "call_left",
            Self::CallEnded(_) => "call_ended",
        }
    }

    /// What has to be kept beside the name, as JSON: an object, `{}` where there is nothing.
    #[must_use]
    pub fn details(&self) -> String {
        match self {
            Self::ConversationRenamed { from, to } => {
                serde_json::json!({ "oldName": from, "newName": to }).to_string()
            }
            Self::DescriptionSet(description) => {
                serde_json::json!({ "newDescription": description }).to_string()
            }
            Self::CallEnded(call) => {
                serde_json::json!({ "accounts": call.accounts, "guests": call.guests, "seconds": call.seconds })
                    .to_string()
            }
            _ => Self::NO_DETAILS.to_owned(),
        }
    }

    /// The happening that was kept as `name` and `details`, if this program knows it.
    #[must_use]
    pub fn from_parts(name: &str, details: &str) -> Option<Self> {
        let details = || serde_json::from_str::<serde_json::Value>(details).ok();
        Some(match name {
            "conversation_created" => Self::ConversationCreated,
            "conversation_renamed" => {
                let details = details()?;
                let text = |key: &str| details[key].as_str().map(str::to_owned);
                Self::ConversationRenamed { from: text("oldName")?, to: text("newName")? }
            }
            "description_set" => {
                Self::DescriptionSet(details()?["newDescription"].as_str().map(str::to_owned)?)
            }
            "description_removed" => Self::DescriptionRemoved,
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
            "guest_moderator_promoted" => Self::GuestModeratorPromoted,
            "guest_moderator_demoted" => Self::GuestModeratorDemoted,
            "lobby_none" => Self::LobbyNone,
            "lobby_non_moderators" => Self::LobbyNonModerators,
            "lobby_timer_reached" => Self::LobbyTimerReached,
            "call_started" => Self::CallStarted,
            "call_joined" => Self::CallJoined,
            "call_left" => Self::CallLeft,
            "call_ended" => {
                let details = details()?;
                let number = |key: &str| details[key].as_i64();
                Self::CallEnded(CallSummary {
                    accounts: number("accounts")?,
                    guests: number("guests")?,
                    seconds: number("seconds")?,
                })
            }
            _ => return None,
        })
    }

    /// Whether its sentence is about who did it. Else nobody is named as `actor`.
    #[must_use]
    pub const fn names_actor(&self) -> bool {
        !matches!(self, Self::CallEnded(_))
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
            Self::DescriptionSet(description) => same(&format!("set the description to \"{description}\"")),
            Self::DescriptionRemoved => same("removed the description"),
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
            Self::ModeratorPromoted | Self::GuestModeratorPromoted => {
                to_somebody("promoted", " to moderator")
            }
            Self::ModeratorDemoted | Self::GuestModeratorDemoted => to_somebody("demoted", " from moderator"),
            Self::LobbyNone => same("opened the conversation to everyone"),
            Self::LobbyNonModerators => same("restricted the conversation to moderators"),
            Self::LobbyTimerReached => "The conversation is now open to everyone".to_owned(),
            Self::CallStarted => same("started a call"),
            Self::CallJoined => same("joined the call"),
            Self::CallLeft => same("left the call"),
            Self::CallEnded(call) => call.sentence(),
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
            SystemMessage::DescriptionSet("\"A\"\n{user} é".into()),
            SystemMessage::DescriptionRemoved,
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
            SystemMessage::GuestModeratorPromoted,
            SystemMessage::GuestModeratorDemoted,
            SystemMessage::LobbyNone,
            SystemMessage::LobbyNonModerators,
            SystemMessage::LobbyTimerReached,
            SystemMessage::CallStarted,
            SystemMessage::CallJoined,
            SystemMessage::CallLeft,
            SystemMessage::CallEnded(CallSummary { accounts: 2, guests: 1, seconds: 3601 }),
        ]
    }

    #[test]
    fn what_is_kept_is_recalled() {
        for system_message in every() {
            assert_eq!(
                SystemMessage::from_parts(system_message.name(), &system_message.details()),
                Some(system_message)
            );
        }
        assert_eq!(SystemMessage::from_parts("from_the_future", "{}"), None);
        assert_eq!(SystemMessage::from_parts("conversation_renamed", "{}"), None);
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

    #[test]
    fn a_call_that_is_over_tells_who_was_in_it_and_how_long() {
        let notified = |accounts, guests, seconds| {
            SystemMessage::CallEnded(CallSummary { accounts, guests, seconds }).sentence(Observer, false)
        };
        assert_eq!(notified(1, 0, 5), "Call with {user1} (Duration 0:05)");
        assert_eq!(notified(2, 0, 65), "Call with {user1} and {user2} (Duration 1:05)");
        assert_eq!(
            notified(5, 0, 3599),
            "Call with {user1}, {user2}, {user3}, {user4} and {user5} (Duration 59:59)"
        );
        assert_eq!(
            notified(7, 0, 3600),
            "Call with {user1}, {user2}, {user3}, {user4} and 3 others (Duration 1:00:00)"
        );
        assert_eq!(notified(0, 1, 0), "Call with 1 guest (Duration 0:00)");
        assert_eq!(notified(1, 2, 0), "Call with {user1} and 2 guests (Duration 0:00)");
        assert_eq!(
            notified(4, 1, 0),
            "Call with {user1}, {user2}, {user3}, {user4} and 1 guest (Duration 0:00)"
        );
        assert_eq!(
            notified(5, 1, 0),
            "Call with {user1}, {user2}, {user3}, {user4} and 2 others (Duration 0:00)"
        );
    }
}
