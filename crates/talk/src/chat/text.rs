//! What people write, before it is a message.

use plauder_model::text;

/// How many characters a message may have (Chat API, "413 over 32,000 characters"); characters, not bytes.
pub const MAX_CHARACTERS: usize = 32_000;

/// How many characters of a reference id are kept: as many as a SHA-256 in hex has, which clients use.
const MAX_IN_REFERENCE_ID: usize = 64;

/// What is kept of a text; empty if nothing in it can be seen. It is never HTML.
#[must_use]
pub fn clean(text: &str) -> String {
    text::lines(text)
}

/// What is kept of a reference id.
#[must_use]
pub fn reference_id(text: &str) -> String {
    text::line_up_to(text, MAX_IN_REFERENCE_ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go() {
        assert_eq!(clean("  a\u{7}\r\n\tb\u{1b}[31m <b> \u{1} "), "a\n\tb[31m <b>");
        assert_eq!([clean("\u{1} \u{2}"), clean("\u{200b}")], ["", ""]);
        assert_eq!(reference_id(&format!(" {} ", "x".repeat(70))), "x".repeat(64));
    }
}
