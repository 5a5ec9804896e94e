//! What people write, before it is a message.

/// How many characters a message may have (Chat API, "413 over 32,000 characters"); characters, not bytes.
pub const MOST_CHARACTERS: usize = 32_000;

/// How many characters of a reference id are kept: as many as a SHA-256 in hex has, which clients use.
const MOST_IN_REFERENCE_ID: usize = 64;

/// What is kept of a text: trimmed and without control characters, but for line breaks and tabs. It is never HTML.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept: String = text.trim().chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    // What stood at the ends behind control characters.
    kept.trim().to_owned()
}

/// What is kept of a reference id.
#[must_use]
pub fn reference_id(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(MOST_IN_REFERENCE_ID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go() {
        assert_eq!(clean("  a\u{7}\r\n\tb\u{1b}[31m <b> \u{1} "), "a\n\tb[31m <b>");
        assert_eq!(clean("\u{1} \u{2}"), "");
        assert_eq!(reference_id(&format!(" {} ", "x".repeat(70))), "x".repeat(64));
    }
}
