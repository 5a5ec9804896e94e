//! What a conversation is: its kind, its switches and its name.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::text;
use crate::wire::wire_numbers;

wire_numbers! {
    /// The kind of a conversation (Conversation API, constants list: conversation types).
    ConversationType {
        /// Between two accounts; neither renamed, nor opened, nor deleted.
        OneToOne = 1,
        /// For those who were added.
        Group = 2,
        /// For everyone who knows the token, guests included.
        Public = 3,
        /// The server's own news for an account.
        Changelog = 4,
    }
}

wire_numbers! {
    /// Whether people may write and call (Conversation API, "Set read-only for a conversation").
    ReadOnly {
        /// They may.
        Off = 0,
        /// They may not.
        On = 1,
    }
}

wire_numbers! {
    /// Whom the lobby keeps waiting (Conversation API, member `lobbyState`).
    LobbyState {
        /// Nobody.
        Off = 0,
        /// Everyone but moderators.
        NonModerators = 1,
    }
}

impl ConversationType {
    /// Whether a conversation of this kind can be made read-only: "only group and public conversation".
    #[must_use]
    pub const fn supports_read_only(self) -> bool {
        matches!(self, Self::Group | Self::Public | Self::Changelog)
    }
}

/// A conversation's name, trimmed and not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationName(String);

/// Why a text is no name for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is left that can be seen.
    #[error("roomName must not be empty")]
    Empty,
    /// More characters than allowed there.
    #[error("roomName must not have more than {0} characters")]
    TooLong(usize),
}

impl ConversationName {
    /// How many characters a name may have when a conversation is made.
    pub const MAX_AT_CREATION: usize = 255;
    /// How many characters a name may have when a conversation is renamed ("1-200 characters").
    pub const MAX_AT_RENAMING: usize = 200;

    /// Cleans `text` by [`text::line`] and takes it as a name of at most `most` characters (not bytes).
    ///
    /// # Errors
    /// If it is empty or too long.
    pub fn parse(text: &str, most: usize) -> Result<Self, NameError> {
        let name = text::line(text);
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if text::is_longer(&name, most) {
            return Err(NameError::TooLong(most));
        }
        Ok(Self(name))
    }

    /// The name as people see it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ConversationName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What a conversation without a name is called: its members' display names, cut to 60 characters and "…" where they
/// have more than 64 together (member `displayName`: "falls back to a list of participants").
#[must_use]
pub fn name_from_members<'a>(members: impl IntoIterator<Item = &'a str>) -> String {
    const MAX_NAME: usize = 64;
    const KEPT: usize = 60;
    let mut name = String::new();
    for member in members {
        if !name.is_empty() {
            name.push_str(", ");
        }
        name.push_str(member);
        // No need to write out ten thousand names only to cut them off.
        if name.chars().nth(MAX_NAME).is_some() {
            return name.chars().take(KEPT).chain(['…']).collect();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_count_characters() {
        let longest = "ü".repeat(200);
        assert_eq!(ConversationName::parse(&longest, 200).unwrap().as_str(), longest);
        assert_eq!(ConversationName::parse(&"ü".repeat(201), 200), Err(NameError::TooLong(200)));
    }

    #[test]
    fn members_stand_in_for_a_missing_name() {
        assert_eq!(name_from_members(["Alice", "Bob"]), "Alice, Bob");
        assert_eq!(name_from_members([]), "");
        let four = "x".repeat(31);
        assert_eq!(
            name_from_members([four.as_str(), &four]),
            format!("{four}, {four}"),
            "64 are not too many"
        );
        let five = "x".repeat(32);
        let cut = name_from_members([five.as_str(), &four, "never reached"]);
        assert_eq!(cut, format!("{five}, {}…", &four[..26]));
        assert_eq!(cut.chars().count(), 61);
    }

    proptest! {
        #[test]
        fn any_text_is_a_clean_name_or_refused(text in "\\PC{0,230}|[ \\t\\n]{0,3}.{0,230}[ ]{0,3}") {
            let trimmed = text::line(&text);
            match ConversationName::parse(&text, ConversationName::MAX_AT_RENAMING) {
                Ok(name) => {
                    prop_assert_eq!(name.as_str(), &trimmed);
                    prop_assert!((1..=200).contains(&trimmed.chars().count()));
                }
                Err(NameError::Empty) => prop_assert!(trimmed.is_empty()),
                Err(NameError::TooLong(most)) => prop_assert!(trimmed.chars().count() > most),
            }
        }

        #[test]
        fn a_name_of_members_never_has_more_than_64_characters(members in prop::collection::vec("\\PC{0,40}", 0..8)) {
            let name = name_from_members(members.iter().map(String::as_str));
            prop_assert!(name.chars().count() <= 64);
        }
    }
}
