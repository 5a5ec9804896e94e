//! Conversations: their type, read-only and lobby state, and name.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::text;
use crate::wire::wire_numbers;

wire_numbers! {
    /// The type of a conversation (Conversation API, constants list: conversation types).
    ConversationType {
        /// Between two accounts. It cannot be renamed, opened to guests or deleted.
        OneToOne = 1,
        /// For the participants who were added.
        Group = 2,
        /// For everyone who knows the token, including guests.
        Public = 3,
        /// News of the server for one account.
        Changelog = 4,
    }
}

wire_numbers! {
    /// Whether a conversation is read-only (Conversation API, "Set read-only for a conversation").
    ReadOnly {
        /// Participants may write messages and call.
        Off = 0,
        /// Participants may neither write messages nor call.
        On = 1,
    }
}

wire_numbers! {
    /// Which participants wait in the lobby (Conversation API, member `lobbyState`).
    LobbyState {
        /// None: the lobby is open.
        Off = 0,
        /// All except moderators.
        NonModerators = 1,
    }
}

impl ConversationType {
    /// Whether a conversation of this type can be read-only: "only group and public conversation".
    #[must_use]
    pub const fn supports_read_only(self) -> bool {
        matches!(self, Self::Group | Self::Public | Self::Changelog)
    }
}

/// The name of a conversation, trimmed and not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationName(String);

/// Why a text is not a valid name for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// The cleaned text has no visible character.
    #[error("roomName must not be empty")]
    Empty,
    /// The cleaned text has more characters than allowed.
    #[error("roomName must not have more than {0} characters")]
    TooLong(usize),
}

impl ConversationName {
    /// Greatest length of a name at creation, in characters.
    pub const MAX_AT_CREATION: usize = 255;
    /// Greatest length of a name at renaming, in characters ("1-200 characters").
    pub const MAX_AT_RENAMING: usize = 200;

    /// Cleans `text` with [`text::line`] and parses it as a name of at most `max` characters.
    ///
    /// # Errors
    /// If the cleaned text is empty or too long.
    pub fn parse(text: &str, max: usize) -> Result<Self, NameError> {
        let name = text::line(text);
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if text::is_longer(&name, max) {
            return Err(NameError::TooLong(max));
        }
        Ok(Self(name))
    }

    /// The name.
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

/// Returns the display name of a conversation without a name: the display names of its members, separated by commas
/// (member `displayName`: "falls back to a list of participants"). A list of more than 64 characters is cut to 60
/// characters and "…".
#[must_use]
pub fn name_from_members<'a>(members: impl IntoIterator<Item = &'a str>) -> String {
    const MAX_LENGTH: usize = 64;
    const CUT_LENGTH: usize = 60;
    let mut name = String::new();
    for member in members {
        if !name.is_empty() {
            name.push_str(", ");
        }
        name.push_str(member);
        // Stop early: a conversation may have thousands of members.
        if name.chars().nth(MAX_LENGTH).is_some() {
            return name.chars().take(CUT_LENGTH).chain(['…']).collect();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn name_length_is_counted_in_characters() {
        let longest = "ü".repeat(200);
        assert_eq!(ConversationName::parse(&longest, 200).unwrap().as_str(), longest);
        assert_eq!(ConversationName::parse(&"ü".repeat(201), 200), Err(NameError::TooLong(200)));
    }

    #[test]
    fn display_name_falls_back_to_the_members() {
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
        fn every_text_becomes_a_clean_name_or_is_refused(text in "\\PC{0,230}|[ \\t\\n]{0,3}.{0,230}[ ]{0,3}") {
            let trimmed = text::line(&text);
            match ConversationName::parse(&text, ConversationName::MAX_AT_RENAMING) {
                Ok(name) => {
                    prop_assert_eq!(name.as_str(), &trimmed);
                    prop_assert!((1..=200).contains(&trimmed.chars().count()));
                }
                Err(NameError::Empty) => prop_assert!(trimmed.is_empty()),
                Err(NameError::TooLong(max)) => prop_assert!(trimmed.chars().count() > max),
            }
        }

        #[test]
        fn display_name_from_members_has_at_most_64_characters(members in prop::collection::vec("\\PC{0,40}", 0..8)) {
            let name = name_from_members(members.iter().map(String::as_str));
            prop_assert!(name.chars().count() <= 64);
        }
    }
}
