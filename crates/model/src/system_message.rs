//! System messages: the events of a conversation that its chat reports, and their sentences for each reader.

/// An event that the chat reports. [`SystemMessage::name`] is the member `systemMessage` of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemMessage {
    /// The conversation was created.
    ConversationCreated,
    /// The conversation was renamed.
    ConversationRenamed {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// The description was changed to this text.
    DescriptionSet(String),
    /// The description was removed.
    DescriptionRemoved,
    /// Guests may join.
    GuestsAllowed,
    /// Guests may no longer join.
    GuestsDisallowed,
    /// Joining requires a password.
    PasswordSet,
    /// Joining no longer requires a password.
    PasswordRemoved,
    /// The conversation became read-only.
    ReadOnly,
    /// The conversation is no longer read-only.
    ReadOnlyOff,
    /// An account was added, or joined by itself.
    UserAdded,
    /// An account was removed, or left by itself.
    UserRemoved,
    /// An account became a moderator.
    ModeratorPromoted,
    /// A moderator became a user again.
    ModeratorDemoted,
    /// A guest became a moderator.
    GuestModeratorPromoted,
    /// A guest moderator became a guest again.
    GuestModeratorDemoted,
    /// The lobby was opened.
    LobbyNone,
    /// The lobby was closed to all participants except moderators.
    LobbyNonModerators,
    /// The lobby opened at the time that was set for it.
    LobbyTimerReached,
    /// A participant started a call.
    CallStarted,
    /// A participant joined the call.
    CallJoined,
    /// A participant left the call.
    CallLeft,
    /// The last participant left the call.
    CallEnded(CallSummary),
}

/// The summary of a call that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSummary {
    /// The number of accounts that took part.
    pub accounts: i64,
    /// The number of guests that took part.
    pub guests: i64,
    /// The duration, in seconds.
    pub seconds: i64,
}

impl CallSummary {
    /// Greatest number of accounts that the sentence names.
    pub const MAX_NAMED: i64 = 5;

    /// The number of accounts that the sentence names as `{user1}`, `{user2}`, …: at most [`Self::MAX_NAMED`], or one
    /// less if the sentence also counts unnamed accounts or guests.
    #[must_use]
    pub const fn named(self) -> i64 {
        let max = if self.accounts > Self::MAX_NAMED || self.guests > 0 {
            Self::MAX_NAMED - 1
        } else {
            Self::MAX_NAMED
        };
        if self.accounts < max { self.accounts } else { max }
    }

    fn sentence(self) -> String {
        let named = self.named();
        let mut parts: Vec<String> = (1..=named).map(|number| format!("{{user{number}}}")).collect();
        let others = self.accounts - named;
        let counted = |count: i64, singular: &str, plural: &str| {
            format!("{count} {}", if count == 1 { singular } else { plural })
        };
        if others > 0 {
            parts.push(counted(others + self.guests, "other", "others"));
        } else if self.guests > 0 || parts.is_empty() {
            parts.push(counted(self.guests, "guest", "guests"));
        }
        let last = parts.pop().unwrap_or_default();
        let participants = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        format!("Call with {participants} (Duration {})", duration(self.seconds))
    }
}

/// Formats a duration as `M:SS`, or as `H:MM:SS` from one hour on.
fn duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The reader of a system message, which decides its wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perspective {
    /// The actor.
    Actor,
    /// The subject: the participant whom the actor added, removed, promoted or demoted.
    Subject,
    /// Any other reader.
    Observer,
}

impl SystemMessage {
    /// The details of a system message without details.
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

    /// The values that the store holds beside the name, as a JSON object.
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

    /// Restores a system message from its [name](Self::name) and [details](Self::details). `None` if this version of
    /// the program does not know it.
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

    /// Whether the sentence names the actor.
    #[must_use]
    pub const fn names_actor(&self) -> bool {
        !matches!(self, Self::CallEnded(_))
    }

    /// The sentence for a reader. `{actor}` and `{user}` stand for the actor and the subject. If `by_oneself`, both are
    /// the same person, who joined or left.
    #[must_use]
    pub fn sentence(&self, perspective: Perspective, by_oneself: bool) -> String {
        use Perspective::{Actor, Observer, Subject};
        let by_actor = |words: &str| match perspective {
            Actor => format!("You {words}"),
            Subject | Observer => format!("{{actor}} {words}"),
        };
        let to_subject = |verb: &str, rest: &str| match perspective {
            Actor => format!("You {verb} {{user}}{rest}"),
            Subject => format!("{{actor}} {verb} you{rest}"),
            Observer => format!("{{actor}} {verb} {{user}}{rest}"),
        };
        match self {
            Self::ConversationCreated => by_actor("created the conversation"),
            Self::ConversationRenamed { from, to } => {
                by_actor(&format!("renamed the conversation from \"{from}\" to \"{to}\""))
            }
            Self::DescriptionSet(description) => {
                by_actor(&format!("set the description to \"{description}\""))
            }
            Self::DescriptionRemoved => by_actor("removed the description"),
            Self::GuestsAllowed => by_actor("allowed guests"),
            Self::GuestsDisallowed => by_actor("disallowed guests"),
            Self::PasswordSet => by_actor("set a password"),
            Self::PasswordRemoved => by_actor("removed the password"),
            Self::ReadOnly => by_actor("locked the conversation"),
            Self::ReadOnlyOff => by_actor("unlocked the conversation"),
            Self::UserAdded if by_oneself => by_actor("joined the conversation"),
            Self::UserRemoved if by_oneself => by_actor("left the conversation"),
            Self::UserAdded => to_subject("added", ""),
            Self::UserRemoved => to_subject("removed", ""),
            Self::ModeratorPromoted | Self::GuestModeratorPromoted => to_subject("promoted", " to moderator"),
            Self::ModeratorDemoted | Self::GuestModeratorDemoted => to_subject("demoted", " from moderator"),
            Self::LobbyNone => by_actor("opened the conversation to everyone"),
            Self::LobbyNonModerators => by_actor("restricted the conversation to moderators"),
            Self::LobbyTimerReached => "The conversation is now open to everyone".to_owned(),
            Self::CallStarted => by_actor("started a call"),
            Self::CallJoined => by_actor("joined the call"),
            Self::CallLeft => by_actor("left the call"),
            Self::CallEnded(call) => call.sentence(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Perspective::{Actor, Observer, Subject};

    fn all_system_messages() -> Vec<SystemMessage> {
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
    fn every_system_message_is_restored_from_name_and_details() {
        for system_message in all_system_messages() {
            assert_eq!(
                SystemMessage::from_parts(system_message.name(), &system_message.details()),
                Some(system_message)
            );
        }
        assert_eq!(SystemMessage::from_parts("from_the_future", "{}"), None);
        assert_eq!(SystemMessage::from_parts("conversation_renamed", "{}"), None);
    }

    #[test]
    fn sentence_depends_on_the_reader() {
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
    fn summary_of_a_call_names_participants_and_duration() {
        let sentence = |accounts, guests, seconds| {
            SystemMessage::CallEnded(CallSummary { accounts, guests, seconds }).sentence(Observer, false)
        };
        assert_eq!(sentence(1, 0, 5), "Call with {user1} (Duration 0:05)");
        assert_eq!(sentence(2, 0, 65), "Call with {user1} and {user2} (Duration 1:05)");
        assert_eq!(
            sentence(5, 0, 3599),
            "Call with {user1}, {user2}, {user3}, {user4} and {user5} (Duration 59:59)"
        );
        assert_eq!(
            sentence(7, 0, 3600),
            "Call with {user1}, {user2}, {user3}, {user4} and 3 others (Duration 1:00:00)"
        );
        assert_eq!(sentence(0, 1, 0), "Call with 1 guest (Duration 0:00)");
        assert_eq!(sentence(1, 2, 0), "Call with {user1} and 2 guests (Duration 0:00)");
        assert_eq!(
            sentence(4, 1, 0),
            "Call with {user1}, {user2}, {user3}, {user4} and 1 guest (Duration 0:00)"
        );
        assert_eq!(
            sentence(5, 1, 0),
            "Call with {user1}, {user2}, {user3}, {user4} and 2 others (Duration 0:00)"
        );
    }
}
