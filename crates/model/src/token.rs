//! Tokens: the ids of conversations in URLs and in JSON.

use std::fmt;

use crate::rng::{self, Rng};

/// The token of a conversation: 4 to 32 characters of `a-z0-9`. New tokens are random characters of
/// [`Token::ALPHABET`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// The characters of new tokens: without `l`, `0` and `1`, which people confuse.
    pub const ALPHABET: &[u8] = b"abcdefghijkmnopqrstuvwxyz23456789";

    /// Minimum length of a token, in characters.
    pub const MIN_LENGTH: usize = 4;

    /// Maximum length of a token, in characters.
    pub const MAX_LENGTH: usize = 32;

    /// Length of a new token, in characters. Longer tokens are tried only if those of this length are taken.
    pub const LENGTH: usize = 8;

    /// Words that URLs have in the place of a token.
    const RESERVED: [&str; 2] = ["settings", "backend"];

    /// Parses a token. `None` if the text cannot be one; then no conversation has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plausible = (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && !Self::RESERVED.contains(&text);
        plausible.then(|| Self(text.to_owned()))
    }

    /// Returns a new random token of `length` characters.
    #[must_use]
    pub fn random(rng: &dyn Rng, length: usize) -> Self {
        loop {
            let text = rng::random_string(rng, Self::ALPHABET, length);
            if !Self::RESERVED.contains(&text.as_str()) {
                return Self(text);
            }
        }
    }

    /// The token as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn random_tokens_are_valid_and_easy_to_read() {
        let rng = SeededRng::new(1);
        for _ in 0..1000 {
            let token = Token::random(&rng, Token::LENGTH);
            assert_eq!(token.as_str().len(), 8);
            assert!(!token.as_str().contains(['l', '0', '1']), "{token}");
            assert_eq!(Token::parse(token.as_str()), Some(token));
        }
    }

    #[test]
    fn invalid_tokens_are_refused() {
        for text in
            ["", "abc", "settings", "backend", "Upper234", "with space", "null\0byte", "../../etc", "ünïcödé"]
        {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
        assert!(Token::parse("unknown8").is_some());
    }
}
