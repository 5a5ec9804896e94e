//! Checking the text of a message.

use plauder_model::text;

/// The maximum length of a message, in characters (Chat API, "413 over 32,000 characters").
pub const MAX_CHARACTERS: usize = 32_000;

/// The maximum length of a reference id, in characters: clients use a SHA-256 in hex. The rest is cut off.
const MAX_IN_REFERENCE_ID: usize = 64;

/// The text as it is stored; empty if it has no visible character. It is never HTML.
#[must_use]
pub fn clean(text: &str) -> String {
    text::lines(text)
}

/// A reference id as it is stored.
#[must_use]
pub fn reference_id(text: &str) -> String {
    text::line_up_to(text, MAX_IN_REFERENCE_ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_removed_from_texts() {
        assert_eq!(clean("  a\u{7}\r\n\tb\u{1b}[31m <b> \u{1} "), "a\n\tb[31m <b>");
        assert_eq!([clean("\u{1} \u{2}"), clean("\u{200b}")], ["", ""]);
        assert_eq!(reference_id(&format!(" {} ", "x".repeat(70))), "x".repeat(64));
    }
}
