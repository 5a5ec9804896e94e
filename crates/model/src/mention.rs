//! Mentions in what people write: `@id`, `@"id with spaces"`, `@"guest/SHA1"` and `@all`, at the beginning or after a
//! space (Chat API, "mentions"). Whether somebody of that name is there is for others to find out.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::wire::wire_names;

wire_names! {
    /// What a mention names (member `source` of suggestions, and the name in the store).
    MentionKind {
        /// An account.
        User = "users",
        /// A guest.
        Guest = "guests",
        /// A group of accounts.
        Group = "groups",
        /// The conversation itself: everybody in it.
        Call = "calls",
    }
}

impl MentionKind {
    /// The word for it in the placeholders of a message: `{mention-user1}`.
    #[must_use]
    pub const fn placeholder_word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Guest => "guest",
            Self::Group => "group",
            Self::Call => "call",
        }
    }
}

/// How many different words of a message are taken for mentions; whatever follows stays text.
pub const MAX_CANDIDATES: usize = 100;

/// Something that may be a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands in the text, in bytes, with its `@` and quotation marks.
    pub range: Range<usize>,
    /// Who may be meant, the likeliest first.
    pub targets: Vec<Target>,
}

/// Who may be meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Everybody in the conversation; `shorter` as in [`Target::Account`].
    All {
        /// How many bytes of the range are text again.
        shorter: usize,
    },
    /// The guest with this id.
    Guest(String),
    /// The account with this id; `shorter` is how many bytes at the end of the range do not belong to it.
    Account {
        /// The id as it was typed.
        id: String,
        /// How many bytes of the range are text again: a full stop at the end of a sentence.
        shorter: usize,
    },
}

/// Everything in `text` that may be a mention, in its order.
#[must_use]
pub fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut words = BTreeSet::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        let follows_space = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        if !follows_space {
            continue;
        }
        let Some(candidate) = quoted(text, at).or_else(|| plain(text, at)) else { continue };
        words.insert(candidate.targets.clone());
        if words.len() > MAX_CANDIDATES {
            break;
        }
        from = candidate.range.end;
        found.push(candidate);
    }
    found
}

/// `@"…"` at `at`.
fn quoted(text: &str, at: usize) -> Option<Candidate> {
    let inner = text[at + 1..].strip_prefix('"')?;
    let end = inner.find('"')?;
    let name = &inner[..end];
    let range = at..at + 2 + end + 1;
    if name.eq_ignore_ascii_case("all") {
        return Some(Candidate { range, targets: vec![Target::All { shorter: 0 }] });
    }
    let target = match name.strip_prefix("guest/") {
        Some(id) if id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Target::Guest(id.to_ascii_lowercase())
        }
        _ if (1..=64).contains(&name.len()) => Target::Account { id: name.to_owned(), shorter: 0 },
        _ => return None,
    };
    Some(Candidate { range, targets: vec![target] })
}

/// `@id` at `at`: as many characters as an id can have. Those that also end a sentence may not belong to it.
fn plain(text: &str, at: usize) -> Option<Candidate> {
    let rest = &text[at + 1..];
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_.@-'".contains(b)).count();
    let word = &rest[..length];
    if word.is_empty() || length > 64 {
        return None;
    }
    let bare = word.trim_end_matches(['.', '-', '\'', '@']);
    let mut targets = Vec::new();
    if bare.eq_ignore_ascii_case("all") {
        targets.push(Target::All { shorter: length - bare.len() });
    }
    targets.push(Target::Account { id: word.to_owned(), shorter: 0 });
    if !bare.is_empty() && bare.len() < length {
        targets.push(Target::Account { id: bare.to_owned(), shorter: length - bare.len() });
    }
    Some(Candidate { range: at..at + 1 + length, targets })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(id: &str) -> Target {
        Target::Account { id: id.into(), shorter: 0 }
    }

    #[test]
    fn what_may_be_a_mention() {
        let text = "@alice and @\"o'neill x\", mail me@bob.org\n@all (@carla) @ @\"\" @\"open";
        let found = candidates(text);
        let words: Vec<_> = found.iter().map(|c| (&text[c.range.clone()], c.targets[0].clone())).collect();
        assert_eq!(
            words,
            [
                ("@alice", account("alice")),
                ("@\"o'neill x\"", account("o'neill x")),
                ("@all", Target::All { shorter: 0 }),
            ]
        );
        let guest = "a".repeat(40);
        let text = format!("@\"guest/{}\" @\"guest/abc\"", guest.to_uppercase());
        let targets: Vec<_> = candidates(&text).into_iter().map(|c| c.targets[0].clone()).collect();
        assert_eq!(targets, [Target::Guest(guest), account("guest/abc")]);
    }

    #[test]
    fn the_end_of_a_sentence_may_not_belong_to_the_name() {
        let found = candidates("Ask @bob.");
        let shorter = Target::Account { id: "bob".into(), shorter: 1 };
        assert_eq!(found[0].targets, [account("bob."), shorter]);
        assert_eq!(candidates("@all.")[0].targets[0], Target::All { shorter: 1 });
        for quoted in ["@\"all\"", "@\"ALL\""] {
            let found = candidates(quoted);
            assert_eq!(
                (found[0].range.clone(), &found[0].targets[..]),
                (0..6, [Target::All { shorter: 0 }].as_slice())
            );
        }
    }

    #[test]
    fn there_is_a_limit_of_different_ones() {
        let many: Vec<String> = (0..200).map(|n| format!("@user{n}")).collect();
        assert_eq!(candidates(&many.join(" ")).len(), MAX_CANDIDATES);
        assert_eq!(candidates(&"@bob ".repeat(200)).len(), 200);
    }

    proptest! {
        #[test]
        fn ranges_are_in_the_text_and_in_order(text in "([@\" .a-zé/]|guest/){0,60}") {
            let mut end = 0;
            for candidate in candidates(&text) {
                prop_assert!(candidate.range.start >= end);
                prop_assert!(text[candidate.range.clone()].starts_with('@'));
                end = candidate.range.end;
            }
        }
    }
}
