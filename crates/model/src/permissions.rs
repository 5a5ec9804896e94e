//! What a participant may do in a conversation, as the bit mask of API v4.

use crate::attendee::ParticipantType;

/// A set of permissions (members `permissions`, `attendeePermissions` and `defaultPermissions` of API v4).
///
/// A participant's effective permissions come from the first of these that is not [`Permissions::NONE`]: their own,
/// those of the conversation, [`Permissions::DEFAULT`]. Moderators always have [`Permissions::MODERATOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permissions(u8);

impl Permissions {
    /// No permissions were set: those of the next level apply.
    pub const NONE: Self = Self(0);
    /// Marks permissions that were set, so that the empty set differs from [`Permissions::NONE`].
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

    /// What participants may do when nobody decided otherwise: everything but pass the lobby.
    pub const DEFAULT: Self = Self(246);
    /// What moderators may do: everything.
    pub const MODERATOR: Self = Self(254);

    /// Takes a number from the wire or the store. `None` if it has unknown bits.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        u8::try_from(number).ok().map(Self)
    }

    /// The number on the wire and in the store.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// Whether all of `needed` is permitted.
    #[must_use]
    pub const fn contains(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }

    /// These permissions and `more`.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// These permissions without `less`.
    #[must_use]
    pub const fn without(self, less: Self) -> Self {
        Self(self.0 & !less.0)
    }

    /// Whether somebody set these permissions.
    #[must_use]
    pub const fn is_custom(self) -> bool {
        self.contains(Self::CUSTOM)
    }

    /// These permissions as they are stored after somebody set them: marked as custom, unless they are
    /// [`Permissions::NONE`], which resets.
    #[must_use]
    pub const fn to_custom(self) -> Self {
        if self.0 == 0 { Self::NONE } else { self.with(Self::CUSTOM) }
    }

    /// These permissions, or `next` if none were set.
    #[must_use]
    pub const fn or(self, next: Self) -> Self {
        if self.0 == 0 { next } else { self }
    }

    /// What a participant may do whose own permissions are `own`, in a conversation whose permissions are
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
    fn the_default_is_everything_but_passing_the_lobby() {
        let everything = ALL.into_iter().fold(Permissions::NONE, Permissions::with);
        assert_eq!(everything, Permissions::MODERATOR);
        assert_eq!(everything.without(Permissions::PASS_LOBBY), Permissions::DEFAULT);
        assert_eq!((Permissions::DEFAULT.number(), Permissions::MODERATOR.number()), (246, 254));
    }

    #[test]
    fn each_permission_is_a_bit_of_its_own() {
        for (place, one) in ALL.into_iter().enumerate() {
            assert_eq!(one.number(), 2 << place);
            for other in ALL {
                assert_eq!(one.contains(other), one == other, "{one:?} {other:?}");
            }
            assert!(Permissions::MODERATOR.contains(one));
            assert!(!Permissions::MODERATOR.without(one).contains(one));
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
    fn permissions_that_were_set_are_marked_and_none_resets() {
        assert_eq!(Permissions::CHAT.to_custom().number(), 129);
        assert!(Permissions::CHAT.to_custom().is_custom());
        assert_eq!(Permissions::NONE.to_custom(), Permissions::NONE);
        assert!(!Permissions::DEFAULT.is_custom() && !Permissions::MODERATOR.is_custom());
    }

    #[test]
    fn the_first_level_that_was_set_applies() {
        let (own, conversation) = (Permissions::CHAT.to_custom(), Permissions::AUDIO.to_custom());
        let effective = |own, conversation| Permissions::effective(ParticipantType::User, own, conversation);
        assert_eq!(effective(own, conversation), own);
        assert_eq!(effective(Permissions::NONE, conversation), conversation);
        assert_eq!(effective(Permissions::NONE, Permissions::NONE), Permissions::DEFAULT);
        let nothing = effective(Permissions::CUSTOM, conversation);
        assert!(ALL.into_iter().all(|one| !nothing.contains(one)), "custom, and nothing permitted");
    }

    #[test]
    fn moderators_may_do_everything_whatever_was_set() {
        use ParticipantType::{Guest, GuestModerator, Moderator, Owner, SelfJoined, User};
        let effective = |who| Permissions::effective(who, Permissions::CUSTOM, Permissions::CUSTOM);
        for moderator in [Owner, Moderator, GuestModerator] {
            assert_eq!(effective(moderator), Permissions::MODERATOR);
        }
        for other in [User, Guest, SelfJoined] {
            assert_eq!(effective(other), Permissions::CUSTOM);
        }
    }
}
