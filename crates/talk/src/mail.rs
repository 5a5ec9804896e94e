//! Mails. A use case puts a mail into the [`outbox`] in its own transaction: no request waits for a mail server, and a
//! mail exists exactly if the transaction was committed. The mailer takes mails from there.

pub mod invitation;
pub mod outbox;

use plauder_model::text;

/// Text that people typed, as a part of one line: without control characters and those that break lines or change the
/// direction of text, and cut after `most` characters.
fn one_line(typed: &str, most: usize) -> String {
    let plain = typed
        .chars()
        .map(|c| if breaks_lines(c) { ' ' } else { c })
        .filter(|c| !text::is_control(*c) && !is_directional_mark(*c));
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

/// Whether the character is one of Unicode's marks of direction or the byte order mark, which names may have.
fn is_directional_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}')
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
