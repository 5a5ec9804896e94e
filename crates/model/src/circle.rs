//! Circles of accounts, which clients call teams: the levels of their members, and their ids.

use crate::rng::{self, Rng};
use crate::wire::wire_numbers;

wire_numbers! {
    /// What a member may do in a circle. Each level includes those below it.
    CircleLevel {
        /// Sees the members.
        Member = 1,
        /// Adds and removes members.
        Moderator = 4,
        /// Renames and deletes the circle.
        Admin = 8,
        /// The creator, or the creator's successor. Every circle has exactly one owner.
        Owner = 9,
    }
}

impl CircleLevel {
    /// Whether this level includes `required`.
    #[must_use]
    pub const fn includes(self, required: Self) -> bool {
        self.number() >= required.number()
    }
}

/// The length of the id of a circle or of a membership, in characters.
const ID_LENGTH: usize = 31;

/// Returns a new random id for a circle or for a membership in one.
#[must_use]
pub fn random_id(rng: &dyn Rng) -> String {
    rng::random_string(rng, rng::ALPHANUMERIC, ID_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn each_level_includes_itself_and_the_levels_below() {
        use CircleLevel::{Admin, Member, Moderator, Owner};
        let all = [Member, Moderator, Admin, Owner];
        for (index, level) in all.into_iter().enumerate() {
            for (required_index, required) in all.into_iter().enumerate() {
                assert_eq!(level.includes(required), required_index <= index, "{level:?} {required:?}");
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
