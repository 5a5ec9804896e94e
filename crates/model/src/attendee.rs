//! Attendees: their participant type, their notification level, and whether they may start a call.

use crate::conversation::ConversationType;
use crate::wire::wire_numbers;

wire_numbers! {
    /// The type of a participant (Conversation API, member `participantType`).
    ParticipantType {
        /// The creator of the conversation; in a one-to-one conversation both accounts.
        Owner = 1,
        /// An account that an owner or moderator promoted.
        Moderator = 2,
        /// An account that was added to the conversation.
        User = 3,
        /// A participant without an account.
        Guest = 4,
        /// An account that joined a public conversation through its link.
        SelfJoined = 5,
        /// A guest who was promoted.
        GuestModerator = 6,
    }
}

impl ParticipantType {
    /// Participants with moderator permissions.
    pub const MODERATORS: &[Self] = &[Self::Owner, Self::Moderator, Self::GuestModerator];
    /// Participants with moderator permissions and an account.
    pub const SIGNED_IN_MODERATORS: &[Self] = &[Self::Owner, Self::Moderator];
    /// Participants without moderator permissions.
    pub const NON_MODERATORS: &[Self] = &[Self::User, Self::Guest, Self::SelfJoined];
    /// Participants who stay in the conversation when they go offline.
    pub const PERMANENT: &[Self] = &[Self::Owner, Self::Moderator, Self::User];
    /// Participants who are removed when they go offline, and when the conversation no longer allows guests.
    pub const TRANSIENT: &[Self] = &[Self::Guest, Self::SelfJoined, Self::GuestModerator];
    /// Participants with an account.
    pub const WITH_ACCOUNT: &[Self] = &[Self::Owner, Self::Moderator, Self::User, Self::SelfJoined];
    /// Participants without an account.
    pub const GUESTS: &[Self] = &[Self::Guest, Self::GuestModerator];

    const fn is_one_of(self, set: &[Self]) -> bool {
        let mut index = 0;
        while index < set.len() {
            if set[index].number() == self.number() {
                return true;
            }
            index += 1;
        }
        false
    }

    /// Whether this type has moderator permissions: owners, moderators and guest moderators.
    #[must_use]
    pub const fn is_moderator(self) -> bool {
        self.is_one_of(Self::MODERATORS)
    }

    /// Whether this type has moderator permissions and an account.
    #[must_use]
    pub const fn is_signed_in_moderator(self) -> bool {
        self.is_one_of(Self::SIGNED_IN_MODERATORS)
    }

    /// Whether participants of this type have no account.
    #[must_use]
    pub const fn is_guest(self) -> bool {
        self.is_one_of(Self::GUESTS)
    }

    /// The type after a promotion: users and guests become moderators. `None` if this type cannot be promoted.
    #[must_use]
    pub const fn promoted(self) -> Option<Self> {
        match self {
            Self::User => Some(Self::Moderator),
            Self::Guest => Some(Self::GuestModerator),
            _ => None,
        }
    }

    /// The type after a demotion. `None` if this type cannot be demoted, such as owners.
    #[must_use]
    pub const fn demoted(self) -> Option<Self> {
        match self {
            Self::Moderator => Some(Self::User),
            Self::GuestModerator => Some(Self::Guest),
            _ => None,
        }
    }

    /// Whether participants of this type are removed when they go offline, and when the conversation no longer
    /// allows guests.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.is_one_of(Self::TRANSIENT)
    }
}

wire_numbers! {
    /// The events of which an attendee is notified (Conversation API, `Participant::NOTIFY_*`).
    NotificationLevel {
        /// Not chosen: the type of the conversation and the server's setting decide, see
        /// [`NotificationLevel::effective`].
        Default = 0,
        /// Every message.
        Always = 1,
        /// Messages that mention the attendee.
        Mention = 2,
        /// Nothing.
        Never = 3,
    }
}

impl NotificationLevel {
    /// The level that a client chooses with `number`. `None` for unknown numbers and for the default, which cannot be
    /// chosen.
    #[must_use]
    pub const fn from_choice(number: i64) -> Option<Self> {
        match Self::from_number(number) {
            Some(Self::Default) | None => None,
            some => some,
        }
    }

    /// The level that applies. The default is "never" for guests, "always" in one-to-one conversations, and the
    /// server's setting elsewhere.
    #[must_use]
    pub fn effective(
        self,
        participant_type: ParticipantType,
        kind: ConversationType,
        group_default: Self,
    ) -> Self {
        match self {
            Self::Default if participant_type.is_guest() => Self::Never,
            Self::Default if kind == ConversationType::OneToOne => Self::Always,
            Self::Default => group_default,
            chosen => chosen,
        }
    }
}

wire_numbers! {
    /// Who may start a call (the server's setting `start_calls`). Joining a call is not restricted by it.
    StartCalls {
        /// Everyone in the conversation.
        Everyone = 0,
        /// Users and moderators, including guest moderators; neither guests nor self-joined accounts.
        Users = 1,
        /// Moderators.
        Moderators = 2,
    }
}

impl StartCalls {
    /// Whether participants of this type may start a call.
    #[must_use]
    pub const fn allows(self, participant_type: ParticipantType) -> bool {
        match self {
            Self::Everyone => true,
            Self::Users => {
                participant_type.is_moderator() || matches!(participant_type, ParticipantType::User)
            }
            Self::Moderators => participant_type.is_moderator(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ParticipantType::{Guest, GuestModerator, Moderator, Owner, SelfJoined, User};

    const ALL: [ParticipantType; 6] = [Owner, Moderator, User, Guest, SelfJoined, GuestModerator];

    #[test]
    fn participant_types_have_the_numbers_and_permissions_of_the_api() {
        assert_eq!(ALL.map(ParticipantType::number), [1, 2, 3, 4, 5, 6]);
        assert_eq!(ALL.map(ParticipantType::is_moderator), [true, true, false, false, false, true]);
        assert_eq!(
            ALL.map(ParticipantType::is_signed_in_moderator),
            [true, true, false, false, false, false]
        );
        assert_eq!(ALL.map(ParticipantType::is_transient), [false, false, false, true, true, true]);
        assert_eq!(ParticipantType::from_number(7), None);
        assert_eq!(
            ALL.map(ParticipantType::promoted),
            [None, None, Some(Moderator), Some(GuestModerator), None, None]
        );
        assert_eq!(ALL.map(ParticipantType::demoted), [None, Some(User), None, None, None, Some(Guest)]);
    }

    #[test]
    fn complementary_sets_contain_every_participant_type_once() {
        for (set, rest) in [
            (ParticipantType::MODERATORS, ParticipantType::NON_MODERATORS),
            (ParticipantType::PERMANENT, ParticipantType::TRANSIENT),
            (ParticipantType::WITH_ACCOUNT, ParticipantType::GUESTS),
        ] {
            for participant_type in ALL {
                assert_ne!(
                    set.contains(&participant_type),
                    rest.contains(&participant_type),
                    "{participant_type:?}"
                );
            }
        }
        let signed_in = |participant_type: &ParticipantType| {
            participant_type.is_moderator() && ParticipantType::WITH_ACCOUNT.contains(participant_type)
        };
        assert!(
            ALL.iter()
                .all(|participant_type| signed_in(participant_type)
                    == participant_type.is_signed_in_moderator())
        );
    }

    #[test]
    fn default_level_depends_on_participant_and_conversation_type() {
        let group = ConversationType::Group;
        let effective = |level: NotificationLevel, participant_type, kind| {
            level.effective(participant_type, kind, NotificationLevel::Mention)
        };
        assert_eq!(effective(NotificationLevel::Default, User, group), NotificationLevel::Mention);
        assert_eq!(
            effective(NotificationLevel::Default, Guest, ConversationType::Public),
            NotificationLevel::Never
        );
        assert_eq!(
            effective(NotificationLevel::Default, Owner, ConversationType::OneToOne),
            NotificationLevel::Always
        );
        assert_eq!(
            effective(NotificationLevel::Never, Owner, ConversationType::OneToOne),
            NotificationLevel::Never
        );
    }

    #[test]
    fn only_levels_one_to_three_can_be_chosen() {
        let chosen: Vec<i64> = (-2..6).filter(|&n| NotificationLevel::from_choice(n).is_some()).collect();
        assert_eq!(chosen, [1, 2, 3]);
    }

    #[test]
    fn start_calls_setting_decides_who_may_start_a_call() {
        assert_eq!(ALL.map(|participant_type| StartCalls::Everyone.allows(participant_type)), [true; 6]);
        assert_eq!(
            ALL.map(|participant_type| StartCalls::Users.allows(participant_type)),
            [true, true, true, false, false, true]
        );
        assert_eq!(
            ALL.map(|participant_type| StartCalls::Moderators.allows(participant_type)),
            [true, true, false, false, false, true]
        );
    }
}
