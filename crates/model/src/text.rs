//! Rules for text from clients: names and messages.
//!
//! | Text | Control characters | Embeddings, overrides and isolates of direction |
//! |---|---|---|
//! | names of conversations and guests ([`line()`]) | removed | removed |
//! | names of accounts, groups and circles ([`name`]), e-mail addresses | refused | refused |
//! | messages ([`lines`]) | removed, except line breaks and tabs | stay |
//!
//! Names must not change the direction of the text around them, because clients show them within sentences; marks of
//! direction (U+200E, U+200F, U+061C) stay. Invisible characters stay, because scripts and emoji need them as joiners,
//! but a text of invisible characters only counts as empty; e-mail addresses have none. Lengths are in characters.
//! White space is Unicode's `White_Space`.

/// Cleans a text of one line, such as a name: removes control characters and trims. Empty if no character is visible.
#[must_use]
pub fn line(text: &str) -> String {
    clean(text, |character| !is_control(character))
}

/// Cleans a text of several lines, such as a message: removes control characters except line breaks and tabs, and
/// trims. Empty if no character is visible.
#[must_use]
pub fn lines(text: &str) -> String {
    clean(text, |character| matches!(character, '\n' | '\t') || !character.is_control())
}

/// Cleans a text of one line and cuts it after `max` characters.
#[must_use]
pub fn line_up_to(text: &str, max: usize) -> String {
    let line = line(text);
    match line.char_indices().nth(max) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// Returns the text, trimmed, if it is a valid name: it has a visible character, no control character, and at most
/// `max` characters.
#[must_use]
pub fn name(text: &str, max: usize) -> Option<&str> {
    let name = text.trim();
    (!is_blank(name) && !is_longer(name, max) && !name.chars().any(is_control)).then_some(name)
}

/// Whether the text has no visible character.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_control(c) || is_invisible(c))
}

/// Whether the text has more than `max` characters.
#[must_use]
pub fn is_longer(text: &str, max: usize) -> bool {
    text.chars().nth(max).is_some()
}

/// Removes the characters that are not `allowed`, and trims.
fn clean(text: &str, allowed: impl Fn(char) -> bool) -> String {
    let filtered: String = text.chars().filter(|character| allowed(*character)).collect();
    let trimmed = filtered.trim();
    if is_blank(trimmed) { String::new() } else { trimmed.to_owned() }
}

/// Whether a name may not have this character: a control character, a line separator, or one that changes the direction
/// of text.
#[must_use]
pub fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character alone is invisible: Unicode's `Default_Ignorable_Code_Point`, format characters, and the blank
/// pattern of Braille.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts without a visible character.
    const BLANK: [&str; 8] = [
        "",
        " \t\u{a0}\u{3000}",
        "\u{7}",
        "\u{200b}",
        "\u{2060}\u{200d}",
        "\u{feff}",
        "\u{202e}\n",
        "\u{3164}\u{2800}",
    ];

    #[test]
    fn text_without_visible_characters_is_empty() {
        for blank in BLANK {
            assert!(is_blank(blank), "{blank:?}");
            assert_eq!(
                (line(blank), lines(blank), name(blank, 64)),
                (String::new(), String::new(), None),
                "{blank:?}"
            );
        }
    }

    #[test]
    fn control_characters_are_removed_or_refused() {
        for (text, expected) in [
            ("a\u{1b}[2Jb", "a[2Jb"),
            ("a\nb", "ab"),
            ("user\u{202e}gnp", "usergnp"),
            ("\u{1}\u{2003}a\u{1}\u{a0}", "a"),
        ] {
            assert_eq!((line(text).as_str(), name(text, 64)), (expected, None), "{text:?}");
        }
        assert_eq!(name("\u{2003}Ada\n", 64), Some("Ada"), "white space around a name is trimmed");
        assert_eq!(lines(" a\r\n\tb\u{1b}\u{202b}c\u{1} "), "a\n\tb\u{202b}c");
    }

    #[test]
    fn joiners_in_scripts_and_emoji_stay() {
        for text in ["👩‍👩‍👧", "❤️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "שלום\u{200f}!"]
        {
            assert_eq!((line(text).as_str(), lines(text).as_str(), name(text, 64)), (text, text, Some(text)));
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(name(&"ü".repeat(64), 64).map(str::len), Some(128));
        assert_eq!(name(&"ü".repeat(65), 64), None);
        assert_eq!(line_up_to("  üüü x", 4), "üüü");
        assert!(is_longer("üü", 1) && !is_longer("üü", 2));
    }

    proptest! {
        #[test]
        fn cleaning_is_idempotent(text in any::<String>(), max in 0_usize..20) {
            for cleaned in [line(&text), lines(&text), line_up_to(&text, max)] {
                prop_assert_eq!(cleaned.trim(), &cleaned);
                prop_assert!(cleaned.is_empty() || !cleaned.chars().all(char::is_whitespace));
            }
            let cleaned = line(&text);
            prop_assert_eq!(name(&cleaned, usize::MAX).unwrap_or_default(), &cleaned);
            prop_assert_eq!(line(&cleaned), cleaned);
            let cleaned = lines(&text);
            prop_assert_eq!(lines(&cleaned), cleaned);
            let cleaned = line_up_to(&text, max);
            prop_assert_eq!(line_up_to(&cleaned, max), cleaned);
            prop_assert!(!is_longer(&line_up_to(&text, max), max));
        }
    }
}
