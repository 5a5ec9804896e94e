//! Mails. A use case puts a mail into the [`outbox`] in its own transaction: no request waits for a mail server, and a
//! mail exists exactly if the transaction was committed. The mailer takes mails from there.

pub mod invitation;
pub mod outbox;

/// Text that people typed, as a part of one line: without control characters and those that break lines or change the
/// direction of text, and cut after `most` characters.
fn one_line(text: &str, most: usize) -> String {
    let plain = text.chars().map(|c| if breaks_lines(c) { ' ' } else { c }).filter(|c| !turns_text(*c));
    let words = plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= most {
        return words;
    }
    let cut: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Whether the character is one of Unicode's marks, embeddings, overrides and isolates of direction, or the byte order
/// mark.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_names_become_spaces() {
        assert_eq!(one_line("Alice", 10), "Alice");
        assert_eq!(one_line("  Alice \t B.  ", 10), "Alice B.");
        assert_eq!(one_line("A\r\nBcc: all@example.org", 40), "A Bcc: all@example.org");
        assert_eq!(one_line("A\u{2028}B\u{85}C\u{0}D\u{1b}[2J", 40), "A B C D [2J");
        assert_eq!(one_line("\u{202e}txt.exe\u{feff}", 40), "txt.exe");
        assert_eq!(one_line("Zoë 👩‍🚀", 10), "Zoë 👩‍🚀", "what joins pictures stays");
        assert_eq!(one_line("abcdefghij", 10), "abcdefghij");
        assert_eq!(one_line("abcd efghijk", 6), "abcd…");
        assert_eq!(one_line("\n\r\t", 6), "");
    }
}
