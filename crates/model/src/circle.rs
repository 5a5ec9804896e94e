//! Circles of accounts, called teams today: what their members may, and what ids they have.

use crate::rng::{self, Rng};
use crate::wire::wire_numbers;

wire_numbers! {
    /// How much a member of a circle may do in it.
    CircleLevel {
        /// Sees who is in it.
        Member = 1,
        /// Adds and removes members.
        Moderator = 4,
        /// Renames and removes it.
        Admin = 8,
        /// Made it, or came after who did. Every circle has one.
        Owner = 9,
    }
}

impl CircleLevel {
    /// Whether this level may do what `needed` may.
    #[must_use]
    pub const fn reaches(self, needed: Self) -> bool {
        self.number() >= needed.number()
    }
}

/// How many characters the id of a circle has, and that of a membership.
const ID_LENGTH: usize = 31;

/// A new random id for a circle, or for somebody's membership of one.
#[must_use]
pub fn random_id(rng: &dyn Rng) -> String {
    rng::random_string(rng, rng::ALPHANUMERIC, ID_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn levels_reach_those_below_them() {
        use CircleLevel::{Admin, Member, Moderator, Owner};
        let all = [Member, Moderator, Admin, Owner];
        for (place, level) in all.into_iter().enumerate() {
            for (below, needed) in all.into_iter().enumerate() {
                assert_eq!(level.reaches(needed), below <= place, "{level:?} {needed:?}");
            }
        }
    }

    #[test]
    fn ids_are_letters_and_digits() {
        let id = random_id(&SeededRng::new(1));
        assert_eq!(id.len(), 31);
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
