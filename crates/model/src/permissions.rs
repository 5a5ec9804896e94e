//! Permissions of a participant in a conversation: the bit mask of API v4.

use crate::attendee::ParticipantType;

/// A set of permissions (members `permissions`, `attendeePermissions` and `defaultPermissions` of API v4).
///
/// A participant's effective permissions come from the first of these that is not [`Permissions::NONE`]: their own,
/// those of the conversation, [`Permissions::DEFAULT`]. Moderators always have [`Permissions::MODERATOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permissions(u8);

impl Permissions {
    /// No permissions are set: those of the next level apply.
    pub const NONE: Self = Self(0);
    /// Marks permissions that are set, so that the empty set differs from [`Permissions::NONE`].
    pub const CUSTOM: Self = Self(1);
    /// Start a call.
    pub const START_CALL: Self = Self(2);
    /// Join a call.
    pub const JOIN_CALL: Self = Self(4);
    /// Pass the lobby.
    pub const PASS_LOBBY: Self = Self(8);
    /// Send audio in a call.
    pub const AUDIO: Self = Self(16);
    /// Send video in a call.
    pub const VIDEO: Self = Self(32);
    /// Share the screen in a call.
    pub const SCREEN: Self = Self(64);
    /// Write messages, share and react.
    pub const CHAT: Self = Self(128);

    /// The permissions of a participant if none are set: all except to pass the lobby.
    pub const DEFAULT: Self = Self(246);
    /// The permissions of moderators: all.
    pub const MODERATOR: Self = Self(254);

    /// Parses a number from the wire or the store. `None` if it has unknown bits.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        u8::try_from(number).ok().map(Self)
    }

    /// The number on the wire and in the store.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// Whether these permissions include all of `required`.
    #[must_use]
    pub const fn contains(self, required: Self) -> bool {
        self.0 & required.0 == required.0
    }

    /// These permissions and `added`.
    #[must_use]
    pub const fn with(self, added: Self) -> Self {
        Self(self.0 | added.0)
    }

    /// These permissions without `removed`.
    #[must_use]
    pub const fn without(self, removed: Self) -> Self {
        Self(self.0 & !removed.0)
    }

    /// Whether these permissions are marked as set.
    #[must_use]
    pub const fn is_custom(self) -> bool {
        self.contains(Self::CUSTOM)
    }

    /// These permissions, marked as set. [`Permissions::NONE`] stays as it is: setting it resets the permissions.
    #[must_use]
    pub const fn to_custom(self) -> Self {
        if self.0 == 0 { Self::NONE } else { self.with(Self::CUSTOM) }
    }

    /// These permissions, or `next` if none are set.
    #[must_use]
    pub const fn or(self, next: Self) -> Self {
        if self.0 == 0 { next } else { self }
    }

    /// The effective permissions of a participant, from the participant's `own` permissions and those of the
    /// `conversation`.
    #[must_use]
    pub const fn effective(participant_type: ParticipantType, own: Self, conversation: Self) -> Self {
        if participant_type.is_moderator() { Self::MODERATOR } else { own.or(conversation).or(Self::DEFAULT) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Permissions; 7] = [
        Permissions::START_CALL,
        Permissions::JOIN_CALL,
        Permissions::PASS_LOBBY,
        Permissions::AUDIO,
        Permissions::VIDEO,
        Permissions::SCREEN,
        Permissions::CHAT,
    ];

    #[test]
    fn default_is_all_permissions_except_to_pass_the_lobby() {
        let everything = ALL.into_iter().fold(Permissions::NONE, Permissions::with);
        assert_eq!(everything, Permissions::MODERATOR);
        assert_eq!(everything.without(Permissions::PASS_LOBBY), Permissions::DEFAULT);
        assert_eq!((Permissions::DEFAULT.number(), Permissions::MODERATOR.number()), (246, 254));
    }

    #[test]
    fn each_permission_is_one_bit() {
        for (bit, permission) in ALL.into_iter().enumerate() {
            assert_eq!(permission.number(), 2 << bit);
            for other in ALL {
                assert_eq!(permission.contains(other), permission == other, "{permission:?} {other:?}");
            }
            assert!(Permissions::MODERATOR.contains(permission));
            assert!(!Permissions::MODERATOR.without(permission).contains(permission));
        }
    }

    #[test]
    fn numbers_with_unknown_bits_are_refused() {
        assert_eq!([-1, 256, 257, i64::MAX].map(Permissions::from_number), [None; 4]);
        for number in 0..=255 {
            assert_eq!(Permissions::from_number(number).map(Permissions::number), Some(number));
        }
    }

    #[test]
    fn set_permissions_are_marked_and_none_resets_them() {
        assert_eq!(Permissions::CHAT.to_custom().number(), 129);
        assert!(Permissions::CHAT.to_custom().is_custom());
        assert_eq!(Permissions::NONE.to_custom(), Permissions::NONE);
        assert!(!Permissions::DEFAULT.is_custom() && !Permissions::MODERATOR.is_custom());
    }

    #[test]
    fn first_level_with_set_permissions_applies() {
        let (own, conversation) = (Permissions::CHAT.to_custom(), Permissions::AUDIO.to_custom());
        let effective = |own, conversation| Permissions::effective(ParticipantType::User, own, conversation);
        assert_eq!(effective(own, conversation), own);
        assert_eq!(effective(Permissions::NONE, conversation), conversation);
        assert_eq!(effective(Permissions::NONE, Permissions::NONE), Permissions::DEFAULT);
        let empty = effective(Permissions::CUSTOM, conversation);
        assert!(ALL.into_iter().all(|permission| !empty.contains(permission)), "set to the empty set");
    }

    #[test]
    fn moderators_have_all_permissions_regardless_of_those_set() {
        use ParticipantType::{Guest, GuestModerator, Moderator, Owner, SelfJoined, User};
        let effective = |participant_type| {
            Permissions::effective(participant_type, Permissions::CUSTOM, Permissions::CUSTOM)
        };
        for moderator in [Owner, Moderator, GuestModerator] {
            assert_eq!(effective(moderator), Permissions::MODERATOR);
        }
        for non_moderator in [User, Guest, SelfJoined] {
            assert_eq!(effective(non_moderator), Permissions::CUSTOM);
        }
    }
}
