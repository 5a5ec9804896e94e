//! Names of people: user ids, group ids, e-mail addresses and display names.

use std::fmt;

use thiserror::Error;

use crate::text;

/// The user id of an account, in the case of its creation. Two ids that differ only in case name the same account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

/// Why a text is not a valid user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UserIdError {
    /// The text is empty or white space.
    #[error("An account id must not be empty")]
    Empty,
    /// The text has more than [`UserId::MAX`] characters.
    #[error("An account id must not have more than 64 characters")]
    TooLong,
    /// The text has a character that a user id may not have.
    #[error(
        "Only the following characters are allowed in an account id: \"a-z\", \"A-Z\", \"0-9\", spaces and \"_.@-'\""
    )]
    Character,
    /// The text begins or ends with a space, or is a word with another meaning in URLs or mentions.
    #[error("This cannot be an account id")]
    Reserved,
}

impl UserId {
    /// Greatest length of a user id, in characters.
    pub const MAX: usize = 64;

    /// Parses a user id.
    ///
    /// # Errors
    /// If `text` is not a valid user id.
    pub fn parse(text: &str) -> Result<Self, UserIdError> {
        if text.trim().is_empty() {
            return Err(UserIdError::Empty);
        }
        if text.len() > Self::MAX {
            return Err(UserIdError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b" _.@-'".contains(&b)) {
            return Err(UserIdError::Character);
        }
        if text.trim() != text || [".", "..", "details", "all"].contains(&text.to_ascii_lowercase().as_str())
        {
            return Err(UserIdError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id, in the case of its creation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which the id is looked up: lower case.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The look-up form of an id from a request, valid or not.
    #[must_use]
    pub fn key_of(text: &str) -> String {
        text.to_lowercase()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a group of accounts. Its case is significant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupId(String);

impl GroupId {
    /// The group whose members administer the server.
    pub const ADMIN: &'static str = "admin";

    /// Parses a group id: 1 to 64 characters after trimming, valid for [`text::name`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = text::name(text, 64)?;
        let plausible = ![".", "..", "details"].contains(&id);
        plausible.then(|| Self(id.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address in lower case. Only its form is checked, not whether it exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address: a local part, one `@` and a domain; at most 254 bytes, no white space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let plausible = text.len() <= 254
            && (1..=64).contains(&local.len())
            && !local.contains('@')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                    && !label.starts_with('-')
            })
            && !text.chars().any(|c| {
                c.is_whitespace()
                    || text::is_control(c)
                    || text::is_invisible(c)
                    || "<>,;:\"()[]\\".contains(c)
            });
        plausible.then(|| Self(text.to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Greatest length of the display name of a person, group or circle, in characters.
const MAX_NAME: usize = 64;

/// Parses a display name: 1 to 64 characters after trimming, valid for [`text::name`].
#[must_use]
pub fn display_name(text: &str) -> Option<&str> {
    text::name(text, MAX_NAME)
}

/// Returns the display name for a guest who asks for `text`: cleaned with [`text::line`] and cut after 64 characters.
/// It may be empty.
#[must_use]
pub fn guest_name(text: &str) -> String {
    text::line_up_to(text, MAX_NAME)
}

/// Returns the name of a guest in notifications: the display name, marked as a guest's.
#[must_use]
pub fn shown_guest(name: &str) -> String {
    if name.is_empty() { "Guest".to_owned() } else { format!("{name} (guest)") }
}

/// Returns the display name for a deleted account.
#[must_use]
pub fn deleted_user(id: &str) -> String {
    format!("Deleted user ({id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_user_ids_are_parsed_and_invalid_ones_refused() {
        for good in ["alice", "Bob-2", "o'neill", "a b", "x@example.org", "_.@-'"] {
            assert_eq!(UserId::parse(good).unwrap().as_str(), good);
        }
        let refused = |text: &str| UserId::parse(text).unwrap_err();
        assert_eq!(refused(""), UserIdError::Empty);
        assert_eq!(refused("   "), UserIdError::Empty);
        assert_eq!(refused("bad/name"), UserIdError::Character);
        assert_eq!(refused("ünï"), UserIdError::Character);
        assert_eq!(refused(" alice"), UserIdError::Reserved);
        assert_eq!(refused(".."), UserIdError::Reserved);
        assert_eq!(refused(&"a".repeat(65)), UserIdError::TooLong);
        assert_eq!(UserId::parse("Alice").unwrap().key(), "alice");
    }

    #[test]
    fn valid_group_ids_are_parsed_and_invalid_ones_refused() {
        for good in ["Küche & Bar", "a/b", "/", "a%2Fb"] {
            assert_eq!(GroupId::parse(&format!(" {good} ")).unwrap().as_str(), good);
        }
        for bad in ["", "  ", "\u{200b}", "tab\there", "..", &"x".repeat(65)] {
            assert_eq!(GroupId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn guest_names_are_cleaned_and_cut() {
        assert_eq!(guest_name("  Gerda\r\nX "), "GerdaX");
        assert_eq!(guest_name(&"ü".repeat(65)), "ü".repeat(64));
        assert_eq!([guest_name(" \t"), guest_name("\u{200b}")], ["", ""]);
        assert_eq!([shown_guest(""), shown_guest("Gerda")], ["Guest", "Gerda (guest)"]);
    }

    #[test]
    fn valid_addresses_are_parsed_and_invalid_ones_refused() {
        assert_eq!(EmailAddress::parse("Someone@Example.org").unwrap().as_str(), "someone@example.org");
        assert!(EmailAddress::parse("a.b+c@sub.example.org").is_some());
        for bad in [
            "",
            "no-address",
            "@example.org",
            "a@",
            "a@b@c.org",
            "a b@c.org",
            "a@-x.org",
            "a@b..c",
            "<a@b.c>",
            "a\u{202e}b@c.org",
            "a\u{200b}b@c.org",
        ] {
            assert_eq!(EmailAddress::parse(bad), None, "{bad:?}");
        }
    }
}
