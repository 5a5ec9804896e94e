//! What somebody is in a conversation: their rank, what reaches them, and whether they may start a call.

use crate::conversation::ConversationType;
use crate::wire::wire_numbers;

wire_numbers! {
    /// The rank of a participant (Conversation API, member `participantType`).
    ParticipantType {
        /// Made the conversation; both are in a one-to-one.
        Owner = 1,
        /// An account that an owner or moderator promoted.
        Moderator = 2,
        /// An account that was added.
        User = 3,
        /// Somebody without an account.
        Guest = 4,
        /// An account that came through the link of a public conversation.
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
    /// Participants who leave the conversation when they go offline, and when it is closed to guests.
    pub const TRANSIENT: &[Self] = &[Self::Guest, Self::SelfJoined, Self::GuestModerator];
    /// Participants with an account.
    pub const WITH_ACCOUNT: &[Self] = &[Self::Owner, Self::Moderator, Self::User, Self::SelfJoined];
    /// Participants without an account.
    pub const GUESTS: &[Self] = &[Self::Guest, Self::GuestModerator];

    const fn is_one_of(self, set: &[Self]) -> bool {
        let mut place = 0;
        while place < set.len() {
            if set[place].number() == self.number() {
                return true;
            }
            place += 1;
        }
        false
    }

    /// Whether this rank has moderator permissions: owners, moderators and guest moderators.
    #[must_use]
    pub const fn is_moderator(self) -> bool {
        self.is_one_of(Self::MODERATORS)
    }

    /// Whether this rank has moderator permissions and an account.
    #[must_use]
    pub const fn is_signed_in_moderator(self) -> bool {
        self.is_one_of(Self::SIGNED_IN_MODERATORS)
    }

    /// Whether this is the rank of somebody without an account.
    #[must_use]
    pub const fn is_guest(self) -> bool {
        self.is_one_of(Self::GUESTS)
    }

    /// The rank that a promotion gives to this one: users and guests become moderators.
    #[must_use]
    pub const fn promoted(self) -> Option<Self> {
        match self {
            Self::User => Some(Self::Moderator),
            Self::Guest => Some(Self::GuestModerator),
            _ => None,
        }
    }

    /// The rank that is left of this one after a demotion; owners are not demoted.
    #[must_use]
    pub const fn demoted(self) -> Option<Self> {
        match self {
            Self::Moderator => Some(Self::User),
            Self::GuestModerator => Some(Self::Guest),
            _ => None,
        }
    }

    /// Whether this rank is gone with the end of being online or the closing of the conversation.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.is_one_of(Self::TRANSIENT)
    }
}

wire_numbers! {
    /// What somebody is told of (Conversation API, `Participant::NOTIFY_*`).
    NotificationLevel {
        /// Not chosen: what the kind of conversation and the server's setting say.
        Default = 0,
        /// Every message.
        Always = 1,
        /// Being mentioned.
        Mention = 2,
        /// Nothing.
        Never = 3,
    }
}

impl NotificationLevel {
    /// The level that `number` chooses; "default" cannot be chosen.
    #[must_use]
    pub const fn chosen(number: i64) -> Option<Self> {
        match Self::from_number(number) {
            Some(Self::Default) | None => None,
            some => some,
        }
    }

    /// The level that is shown and acted upon: the default is "never" for guests, "always" in one-to-one
    /// conversations and the server's setting elsewhere.
    #[must_use]
    pub fn effective(self, rank: ParticipantType, kind: ConversationType, group_default: Self) -> Self {
        match self {
            Self::Default if rank.is_guest() => Self::Never,
            Self::Default if kind == ConversationType::OneToOne => Self::Always,
            Self::Default => group_default,
            chosen => chosen,
        }
    }
}

wire_numbers! {
    /// Who may start a call; joining one is always possible (the server's setting `start_calls`).
    StartCalls {
        /// Everyone in the conversation.
        Everyone = 0,
        /// Accounts that were added, and guest moderators.
        Users = 1,
        /// Moderators.
        Moderators = 2,
    }
}

impl StartCalls {
    /// Whether somebody of this rank may start a call.
    #[must_use]
    pub const fn allows(self, rank: ParticipantType) -> bool {
        match self {
            Self::Everyone => true,
            Self::Users => rank.is_moderator() || matches!(rank, ParticipantType::User),
            Self::Moderators => rank.is_moderator(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ParticipantType::{Guest, GuestModerator, Moderator, Owner, SelfJoined, User};

    const ALL: [ParticipantType; 6] = [Owner, Moderator, User, Guest, SelfJoined, GuestModerator];

    #[test]
    fn ranks_and_their_numbers() {
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
    fn every_participant_is_on_one_side_of_each_pair_of_sets() {
        for (set, rest) in [
            (ParticipantType::MODERATORS, ParticipantType::NON_MODERATORS),
            (ParticipantType::PERMANENT, ParticipantType::TRANSIENT),
            (ParticipantType::WITH_ACCOUNT, ParticipantType::GUESTS),
        ] {
            for one in ALL {
                assert_ne!(set.contains(&one), rest.contains(&one), "{one:?}");
            }
        }
        let signed_in =
            |one: &ParticipantType| one.is_moderator() && ParticipantType::WITH_ACCOUNT.contains(one);
        assert!(ALL.iter().all(|one| signed_in(one) == one.is_signed_in_moderator()));
    }

    #[test]
    fn the_default_level_depends_on_who_and_where() {
        let group = ConversationType::Group;
        let shown =
            |level: NotificationLevel, rank, kind| level.effective(rank, kind, NotificationLevel::Mention);
        assert_eq!(shown(NotificationLevel::Default, User, group), NotificationLevel::Mention);
        assert_eq!(
            shown(NotificationLevel::Default, Guest, ConversationType::Public),
            NotificationLevel::Never
        );
        assert_eq!(
            shown(NotificationLevel::Default, Owner, ConversationType::OneToOne),
            NotificationLevel::Always
        );
        assert_eq!(
            shown(NotificationLevel::Never, Owner, ConversationType::OneToOne),
            NotificationLevel::Never
        );
    }

    #[test]
    fn only_one_to_three_can_be_chosen() {
        let chosen: Vec<i64> = (-2..6).filter(|&n| NotificationLevel::chosen(n).is_some()).collect();
        assert_eq!(chosen, [1, 2, 3]);
    }

    #[test]
    fn who_may_start_a_call() {
        assert_eq!(ALL.map(|rank| StartCalls::Everyone.allows(rank)), [true; 6]);
        assert_eq!(ALL.map(|rank| StartCalls::Users.allows(rank)), [true, true, true, false, false, true]);
        assert_eq!(
            ALL.map(|rank| StartCalls::Moderators.allows(rank)),
            [true, true, false, false, false, true]
        );
    }
}
