//! How accounts, groups and addresses are named.

use std::fmt;

use thiserror::Error;

/// The id of an account as it was first written. Two ids that differ only in case name the same account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

/// Why a text is no account id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UserIdError {
    /// Nothing but spaces.
    #[error("An account id must not be empty")]
    Empty,
    /// More than [`UserId::MAX`] characters.
    #[error("An account id must not have more than 64 characters")]
    TooLong,
    /// A character that ids may not hold.
    #[error(
        "Only the following characters are allowed in an account id: \"a-z\", \"A-Z\", \"0-9\", spaces and \"_.@-'\""
    )]
    Character,
    /// A space at the beginning or end, or a name that stands for something else in addresses.
    #[error("This cannot be an account id")]
    Reserved,
}

impl UserId {
    /// How many characters an id may have.
    pub const MAX: usize = 64;

    /// Takes `text` as an account id.
    ///
    /// # Errors
    /// If an account cannot be called so.
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

    /// The id as it was first written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which the id is looked up: lower case.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The look-up form of an id that came from outside, valid or not.
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

/// The id of a group of accounts; exact in case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupId(String);

impl GroupId {
    /// The group whose members administer the server.
    pub const ADMIN: &'static str = "admin";

    /// Takes `text`, trimmed, as a group's id: 1 to 64 characters, none of them a control character.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.trim();
        let plausible = !id.is_empty()
            && id.chars().count() <= 64
            && !id.chars().any(char::is_control)
            && ![".", "..", "details"].contains(&id);
        plausible.then(|| Self(id.to_owned()))
    }

    /// The id as it is written.
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

/// An e-mail address, lower-cased, as far as one can be told from its look.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Takes `text` as an address: something, one `@`, and a domain; at most 254 bytes, no spaces.
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
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c));
        plausible.then(|| Self(text.to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes `text`, trimmed, as a name to show: 1 to 64 characters, none of them a control character.
#[must_use]
pub fn display_name(text: &str) -> Option<&str> {
    let name = text.trim();
    (!name.is_empty() && name.chars().count() <= 64 && !name.chars().any(char::is_control)).then_some(name)
}

/// The name that a guest gets who wants to be called `text`: trimmed, without control characters, cut after 64
/// characters; may be empty.
#[must_use]
pub fn guest_name(text: &str) -> String {
    let name: String = text.trim().chars().filter(|c| !c.is_control()).take(64).collect();
    name.trim_end().to_owned()
}

/// How a guest is called where others are told of them.
#[must_use]
pub fn shown_guest(name: &str) -> String {
    if name.is_empty() { "Guest".to_owned() } else { format!("{name} (guest)") }
}

/// What an account that was deleted is called.
#[must_use]
pub fn deleted_user(id: &str) -> String {
    format!("Deleted user ({id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids() {
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
    fn group_ids() {
        for good in ["Küche & Bar", "Research/Development", "/"] {
            assert_eq!(GroupId::parse(&format!(" {good} ")).unwrap().as_str(), good);
        }
        for bad in ["", "  ", "tab\there", "..", &"x".repeat(65)] {
            assert_eq!(GroupId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn names_of_guests() {
        assert_eq!(guest_name("  Gerda\r\nX "), "GerdaX");
        assert_eq!(guest_name(&"ü".repeat(65)), "ü".repeat(64));
        assert_eq!(guest_name(" \t"), "");
        assert_eq!([shown_guest(""), shown_guest("Gerda")], ["Guest", "Gerda (guest)"]);
    }

    #[test]
    fn addresses() {
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
        ] {
            assert_eq!(EmailAddress::parse(bad), None, "{bad:?}");
        }
    }
}
