//! Finds mentions in the text of a message: `@id`, `@"id with spaces"`, `@"guest/SHA1"` and `@all`, at the beginning or
//! after white space (Chat API, "mentions"). The results are candidates: the caller looks up which of them exist.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::wire::wire_names;

wire_names! {
    /// What a mention refers to (member `source` of suggestions, and the name in the store).
    MentionKind {
        /// An account.
        User = "users",
        /// A guest.
        Guest = "guests",
        /// A group of accounts.
        Group = "groups",
        /// The conversation: everybody in it.
        Call = "calls",
    }
}

impl MentionKind {
    /// The word for this kind in the placeholders of a message, such as `user` in `{mention-user1}`.
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

/// Greatest number of different candidates in a message. The text after them is not searched, which limits the number
/// of look-ups.
pub const MAX_CANDIDATES: usize = 100;

/// A part of a text that may be a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The byte range in the text, including the `@` and quotation marks.
    pub range: Range<usize>,
    /// What it may refer to, the likeliest first.
    pub targets: Vec<CandidateTarget>,
}

/// What a candidate may refer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateTarget {
    /// Everybody in the conversation.
    All {
        /// The number of bytes at the end of the range that do not belong to the mention.
        shorter: usize,
    },
    /// The guest with this id.
    Guest(String),
    /// An account.
    Account {
        /// The user id as it is written in the text.
        id: String,
        /// The number of bytes at the end of the range that do not belong to the mention, such as the full stop of a
        /// sentence.
        shorter: usize,
    },
}

/// Finds the candidates in `text`, in their order.
#[must_use]
pub fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut distinct = BTreeSet::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        let follows_space = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        if !follows_space {
            continue;
        }
        let Some(candidate) = parse_quoted(text, at).or_else(|| parse_plain(text, at)) else { continue };
        distinct.insert(candidate.targets.clone());
        if distinct.len() > MAX_CANDIDATES {
            break;
        }
        from = candidate.range.end;
        found.push(candidate);
    }
    found
}

/// Parses `@"…"` at the offset `at`.
fn parse_quoted(text: &str, at: usize) -> Option<Candidate> {
    let inner = text[at + 1..].strip_prefix('"')?;
    let end = inner.find('"')?;
    let name = &inner[..end];
    let range = at..at + 2 + end + 1;
    if name.eq_ignore_ascii_case("all") {
        return Some(Candidate { range, targets: vec![CandidateTarget::All { shorter: 0 }] });
    }
    let target = match name.strip_prefix("guest/") {
        Some(id) if id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()) => {
            CandidateTarget::Guest(id.to_ascii_lowercase())
        }
        _ if (1..=64).contains(&name.len()) => CandidateTarget::Account { id: name.to_owned(), shorter: 0 },
        _ => return None,
    };
    Some(Candidate { range, targets: vec![target] })
}

/// Parses `@id` at the offset `at`. Characters at its end that also end a sentence may not belong to the id: then there
/// is one target with them and one without.
fn parse_plain(text: &str, at: usize) -> Option<Candidate> {
    let rest = &text[at + 1..];
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_.@-'".contains(b)).count();
    let word = &rest[..length];
    if word.is_empty() || length > 64 {
        return None;
    }
    let bare = word.trim_end_matches(['.', '-', '\'', '@']);
    let mut targets = Vec::new();
    if bare.eq_ignore_ascii_case("all") {
        targets.push(CandidateTarget::All { shorter: length - bare.len() });
    }
    targets.push(CandidateTarget::Account { id: word.to_owned(), shorter: 0 });
    if !bare.is_empty() && bare.len() < length {
        targets.push(CandidateTarget::Account { id: bare.to_owned(), shorter: length - bare.len() });
    }
    Some(Candidate { range: at..at + 1 + length, targets })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(id: &str) -> CandidateTarget {
        CandidateTarget::Account { id: id.into(), shorter: 0 }
    }

    #[test]
    fn candidates_are_found_at_the_beginning_and_after_white_space() {
        let text = "@alice and @\"o'neill x\", mail me@bob.org\n@all (@carla) @ @\"\" @\"open";
        let found = candidates(text);
        let words: Vec<_> = found.iter().map(|c| (&text[c.range.clone()], c.targets[0].clone())).collect();
        assert_eq!(
            words,
            [
                ("@alice", account("alice")),
                ("@\"o'neill x\"", account("o'neill x")),
                ("@all", CandidateTarget::All { shorter: 0 }),
            ]
        );
        let guest = "a".repeat(40);
        let text = format!("@\"guest/{}\" @\"guest/abc\"", guest.to_uppercase());
        let targets: Vec<_> = candidates(&text).into_iter().map(|c| c.targets[0].clone()).collect();
        assert_eq!(targets, [CandidateTarget::Guest(guest), account("guest/abc")]);
    }

    #[test]
    fn punctuation_at_the_end_may_not_belong_to_the_mention() {
        let found = candidates("Ask @bob.");
        let shorter = CandidateTarget::Account { id: "bob".into(), shorter: 1 };
        assert_eq!(found[0].targets, [account("bob."), shorter]);
        assert_eq!(candidates("@all.")[0].targets[0], CandidateTarget::All { shorter: 1 });
        for quoted in ["@\"all\"", "@\"ALL\""] {
            let found = candidates(quoted);
            assert_eq!(
                (found[0].range.clone(), &found[0].targets[..]),
                (0..6, [CandidateTarget::All { shorter: 0 }].as_slice())
            );
        }
    }

    #[test]
    fn number_of_different_candidates_is_limited() {
        let many: Vec<String> = (0..200).map(|n| format!("@user{n}")).collect();
        assert_eq!(candidates(&many.join(" ")).len(), MAX_CANDIDATES);
        assert_eq!(candidates(&"@bob ".repeat(200)).len(), 200);
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_start_with_an_at_sign(text in "([@\" .a-zé/]|guest/){0,60}") {
            let mut end = 0;
            for candidate in candidates(&text) {
                prop_assert!(candidate.range.start >= end);
                prop_assert!(text[candidate.range.clone()].starts_with('@'));
                end = candidate.range.end;
            }
        }
    }
}
