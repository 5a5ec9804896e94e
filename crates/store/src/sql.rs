//! SQL templates: expands the statements of `tables/` to the SQL that the stores receive, at compile time.
//!
//! A template is SQL in which `{…}` stands for a row or a constant that is declared elsewhere, see
//! [`crate::vocabulary`]:
//!
//! | Template | Expands to |
//! |---|---|
//! | `{Mail}` | the columns of the row `Mail` |
//! | `{Attendee a}` | the columns of the row `Attendee`, of the table with the alias `a`: `a.id, a.kind`, … |
//! | `{NamedActor m actor}` | the same with a prefix for the columns: `m.actor_kind`, … |
//! | `{moderators}`, `{users}`, … | constants of the model: `(1, 2, 6)`, `'users'` |
//!
//! In the columns of a row, `~` stands for the alias of the table and `#` for the prefix. White space is reduced to
//! single spaces. `crates/store/sql.txt` has the expanded statements.

use crate::vocabulary::{Word, look_up};

/// Greatest length of a statement, in bytes.
const MAX_SQL: usize = 8192;

/// Greatest length of an argument of a row, in bytes.
const MAX_ARGUMENT: usize = 48;

/// The SQL that a template is expanded to.
pub(crate) struct Expansion {
    bytes: [u8; MAX_SQL],
    length: usize,
}

/// The arguments of a row: the alias of the table and the prefix of its columns.
#[derive(Clone, Copy)]
struct Arguments {
    table: Argument,
    prefix: Argument,
}

#[derive(Clone, Copy)]
struct Argument {
    bytes: [u8; MAX_ARGUMENT],
    length: usize,
}

impl Argument {
    const EMPTY: Self = Self { bytes: [0; MAX_ARGUMENT], length: 0 };

    const fn text(&self) -> &[u8] {
        between(&self.bytes, 0, self.length)
    }

    const fn push(&mut self, text: &[u8]) {
        let mut at = 0;
        while at < text.len() {
            self.bytes[self.length] = text[at];
            self.length += 1;
            at += 1;
        }
    }

    /// Parses an argument, and replaces `~` and `#` in it with the arguments of the outer row.
    const fn parse(text: &[u8], outer: &Arguments) -> Self {
        let mut argument = Self::EMPTY;
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                b'~' => argument.push(outer.table.text()),
                b'#' => argument.push(outer.prefix.text()),
                _ => argument.push(between(text, at, at + 1)),
            }
            at += 1;
        }
        argument
    }
}

impl Expansion {
    /// Expands `template`.
    pub(crate) const fn new(template: &str) -> Self {
        let mut expansion = Self { bytes: [0; MAX_SQL], length: 0 };
        let none = Arguments { table: Argument::EMPTY, prefix: Argument::EMPTY };
        expansion.expand(template.as_bytes(), &none);
        expansion
    }

    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// The SQL in an array of its own length.
    pub(crate) const fn trim<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut trimmed = [0; LENGTH];
        let mut at = 0;
        while at < LENGTH {
            trimmed[at] = self.bytes[at];
            at += 1;
        }
        trimmed
    }

    const fn push(&mut self, byte: u8) {
        let is_space = byte.is_ascii_whitespace();
        if is_space && (self.length == 0 || self.bytes[self.length - 1] == b' ') {
            return;
        }
        assert!(self.length < MAX_SQL, "a statement is longer than MAX_SQL");
        self.bytes[self.length] = if is_space { b' ' } else { byte };
        self.length += 1;
    }

    const fn push_all(&mut self, text: &[u8]) {
        let mut at = 0;
        while at < text.len() {
            self.push(text[at]);
            at += 1;
        }
    }

    const fn push_number(&mut self, number: i64) {
        assert!(number >= 0, "constants in SQL are not negative");
        if number > 9 {
            self.push_number(number / 10);
        }
        self.push(b'0' + (number % 10).to_le_bytes()[0]);
    }

    const fn expand(&mut self, template: &[u8], arguments: &Arguments) {
        let mut at = 0;
        while at < template.len() {
            match template[at] {
                b'{' => {
                    let end = find(template, at, b'}');
                    assert!(end < template.len(), "SQL has an opening brace without a closing one");
                    self.expand_word(between(template, at + 1, end), arguments);
                    at = end;
                }
                b'~' => {
                    assert!(
                        arguments.table.length > 0,
                        "~ in SQL outside of a row, or a row without a table"
                    );
                    self.push_all(arguments.table.text());
                }
                b'#' => {
                    assert!(arguments.prefix.length > 0, "# in SQL, but the row has no prefix");
                    self.push_all(arguments.prefix.text());
                }
                byte => self.push(byte),
            }
            at += 1;
        }
    }

    /// Expands the inside of `{…}`: a name, optionally followed by an alias and a prefix.
    const fn expand_word(&mut self, inside: &[u8], outer: &Arguments) {
        let name_end = find(inside, 0, b' ');
        let mut arguments = Arguments { table: Argument::EMPTY, prefix: Argument::EMPTY };
        if name_end < inside.len() {
            let table_end = find(inside, name_end + 1, b' ');
            arguments.table = Argument::parse(between(inside, name_end + 1, table_end), outer);
            if table_end < inside.len() {
                arguments.prefix = Argument::parse(between(inside, table_end + 1, inside.len()), outer);
            }
        }
        match look_up(between(inside, 0, name_end)) {
            Word::Columns(columns) => {
                let mut index = 0;
                while index < columns.len() {
                    if index > 0 {
                        self.push_all(b", ");
                    }
                    self.expand_column(columns[index].as_bytes(), &arguments);
                    index += 1;
                }
            }
            Word::Text(text) => {
                self.push(b'\'');
                self.push_all(text.as_bytes());
                self.push(b'\'');
            }
            Word::Number(number) => self.push_number(number),
            Word::ParticipantTypes(set) => {
                self.push(b'(');
                let mut index = 0;
                while index < set.len() {
                    if index > 0 {
                        self.push_all(b", ");
                    }
                    self.push_number(set[index].number());
                    index += 1;
                }
                self.push(b')');
            }
        }
    }

    /// Expands one column of a row: a name, qualified with the alias of the table, or a template.
    const fn expand_column(&mut self, column: &[u8], arguments: &Arguments) {
        if !is_name(column) {
            self.expand(column, arguments);
            return;
        }
        if arguments.table.length > 0 {
            self.push_all(arguments.table.text());
            self.push(b'.');
        }
        self.push_all(column);
    }
}

const fn is_name(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !(text[at].is_ascii_lowercase() || text[at] == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

/// The index of the first `wanted` in `text` from `from` on; the length of `text` if there is none.
const fn find(text: &[u8], from: usize, wanted: u8) -> usize {
    let mut at = from;
    while at < text.len() && text[at] != wanted {
        at += 1;
    }
    at
}

const fn between(text: &[u8], from: usize, to: usize) -> &[u8] {
    text.split_at(to).0.split_at(from).1
}

/// Expands a template to a `&'static str` at compile time.
macro_rules! expand {
    ($template:expr) => {{
        const EXPANSION: $crate::sql::Expansion = $crate::sql::Expansion::new($template);
        const BYTES: [u8; EXPANSION.length()] = EXPANSION.trim();
        match ::std::str::from_utf8(&BYTES) {
            Ok(sql) => sql,
            Err(_) => panic!("SQL has to be UTF-8"),
        }
    }};
}
pub(crate) use expand;

#[cfg(test)]
mod tests {
    #[test]
    fn rows_and_constants_are_expanded() {
        assert_eq!(
            expand!(
                "SELECT {Session s}  FROM sessions s\n            WHERE x IN {moderators} AND y = {users}"
            ),
            "SELECT s.id, s.session_id, s.in_call, s.last_ping FROM sessions s WHERE x IN (1, 2, 6) AND y = 'users'"
        );
        assert_eq!(expand!("RETURNING {Session}"), "RETURNING id, session_id, in_call, last_ping");
    }

    #[test]
    fn columns_of_a_row_get_alias_and_prefix() {
        assert_eq!(
            expand!("{NamedActor m subject}"),
            "NULLIF(m.subject_kind, ''), m.subject_account, m.subject_id, \
             CASE WHEN m.subject_kind = 'guests' THEN (SELECT g.name FROM guest_names g \
             WHERE g.conversation_id = m.conversation_id AND g.guest_id = m.subject_id) END, \
             m_subject.user_id, m_subject.display_name, m_subject.deleted"
        );
    }
}
