//! The name of a conversation on the wire.

use std::fmt;

use crate::rng::{self, Rng};

/// Names a conversation: 4 to 32 characters of `a-z0-9`, made of 8 random ones of [`Token::ALPHABET`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// What tokens are made of: no `l`, `0` and `1`, which people confuse.
    pub const ALPHABET: &[u8] = b"abcdefghijkmnopqrstuvwxyz23456789";

    /// How many characters a token has while free ones of this length are easy to find.
    pub const LENGTH: usize = 8;

    /// Words that stand at a token's place in addresses.
    const RESERVED: [&str; 2] = ["settings", "backend"];

    /// The token that `text` is, if it can be one. What cannot be a token names no conversation.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plausible = (4..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && !Self::RESERVED.contains(&text);
        plausible.then(|| Self(text.to_owned()))
    }

    /// A new random token of `length` characters.
    #[must_use]
    pub fn random(rng: &dyn Rng, length: usize) -> Self {
        loop {
            let word = rng::random_string(rng, Self::ALPHABET, length);
            if !Self::RESERVED.contains(&word.as_str()) {
                return Self(word);
            }
        }
    }

    /// The token as it is written.
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
    fn random_tokens_are_tokens() {
        let rng = SeededRng::new(1);
        for _ in 0..1000 {
            let token = Token::random(&rng, Token::LENGTH);
            assert_eq!(token.as_str().len(), 8);
            assert!(!token.as_str().contains(['l', '0', '1']), "{token}");
            assert_eq!(Token::parse(token.as_str()), Some(token));
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        for text in
            ["", "abc", "settings", "backend", "Upper234", "with space", "null\0byte", "../../etc", "ünïcödé"]
        {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
        assert!(Token::parse("unknown8").is_some());
    }
}
