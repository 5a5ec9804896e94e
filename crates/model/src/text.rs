//! The one rule for text that people give: names, messages and what is like them.
//!
//! Control characters have no place in a name, nor have the characters that change the direction of what follows them:
//! a name stands within the sentences of others. Names of conversations and guests lose them; names of accounts, groups
//! and circles, which an administrator or an owner chooses with care, are refused with them. Messages keep line breaks,
//! tabs and directions. Characters that are only invisible stay, because scripts and emoji are joined by them; but a
//! text of nothing else is empty. Lengths are in characters, and white space is what Unicode calls so.

/// A text of one line, such as a name: without control characters, and trimmed. Empty if nothing in it can be seen.
#[must_use]
pub fn line(text: &str) -> String {
    clean(text, |character| !is_control(character))
}

/// A text of several lines, such as a message: without control characters but line breaks and tabs, and trimmed. Empty
/// if nothing in it can be seen.
#[must_use]
pub fn lines(text: &str) -> String {
    clean(text, |character| matches!(character, '\n' | '\t') || !character.is_control())
}

/// A text of one line that is cut after `max` characters.
#[must_use]
pub fn line_up_to(text: &str, max: usize) -> String {
    let line = line(text);
    match line.char_indices().nth(max) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// The text, trimmed, if it is a name: something in it can be seen, nothing in it is a control character, and it has at
/// most `max` characters.
#[must_use]
pub fn name(text: &str, max: usize) -> Option<&str> {
    let name = text.trim();
    (!is_blank(name) && !is_longer(name, max) && !name.chars().any(is_control)).then_some(name)
}

/// Whether nothing in the text can be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_control(c) || is_invisible(c))
}

/// Whether the text has more than `max` characters.
#[must_use]
pub fn is_longer(text: &str, max: usize) -> bool {
    text.chars().nth(max).is_some()
}

fn clean(text: &str, stays: impl Fn(char) -> bool) -> String {
    let kept: String = text.chars().filter(|character| stays(*character)).collect();
    let trimmed = kept.trim();
    if is_blank(trimmed) { String::new() } else { trimmed.to_owned() }
}

/// Whether a name cannot hold this character: it controls a terminal, ends the line or turns the direction.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing is seen of this character by itself: Unicode's `Default_Ignorable_Code_Point`, format characters, and
/// the blank pattern of Braille.
fn is_invisible(character: char) -> bool {
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

    /// Texts of nothing that can be seen.
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
    fn what_cannot_be_seen_is_empty() {
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
    fn control_characters_go_or_are_refused() {
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
    fn scripts_and_emoji_keep_what_joins_them() {
        for text in ["👩‍👩‍👧", "❤️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "שלום\u{200f}!"]
        {
            assert_eq!((line(text).as_str(), lines(text).as_str(), name(text, 64)), (text, text, Some(text)));
        }
    }

    #[test]
    fn lengths_are_in_characters() {
        assert_eq!(name(&"ü".repeat(64), 64).map(str::len), Some(128));
        assert_eq!(name(&"ü".repeat(65), 64), None);
        assert_eq!(line_up_to("  üüü x", 4), "üüü");
        assert!(is_longer("üü", 1) && !is_longer("üü", 2));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in any::<String>(), max in 0_usize..20) {
            for once in [line(&text), lines(&text), line_up_to(&text, max)] {
                prop_assert_eq!(once.trim(), &once);
                prop_assert!(once.is_empty() || !once.chars().all(char::is_whitespace));
            }
            let cleaned = line(&text);
            prop_assert_eq!(name(&cleaned, usize::MAX).unwrap_or_default(), &cleaned);
            prop_assert_eq!(line(&cleaned), cleaned);
            prop_assert!(!is_longer(&line_up_to(&text, max), max));
        }
    }
}
