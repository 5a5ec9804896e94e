//! SQL templates: how the statements of a table file become the SQL that the stores get, when the program is built.
//!
//! A template is SQL in which `{…}` stands for something that is declared elsewhere, see [`crate::vocabulary`]:
//!
//! - `{Attendee a}` stands for the columns of the row `Attendee`, of the table that the statement calls `a`.
//!   `{Mail}` stands for the columns of `Mail` without the name of a table.
//! - `{NamedActor m actor}` gives the columns a prefix besides: `m.actor_kind`, …
//! - `{moderators}`, `{users}`, … stand for constants of the model: `(1, 2, 6)`, `'users'`.
//!
//! In the columns of a row, `~` stands for the name of the table and `#` for the prefix. White space is reduced to
//! single spaces. `crates/store/sql.txt` shows what comes out.

use crate::vocabulary::{Word, word};

/// The greatest length of a statement, in bytes.
const MAX_SQL: usize = 8192;

/// The greatest length of an argument of a row, in bytes.
const MAX_ARGUMENT: usize = 48;

/// SQL that is being written.
pub(crate) struct Expansion {
    bytes: [u8; MAX_SQL],
    length: usize,
}

/// The arguments of a row: the name of the table and the prefix of its columns.
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

    /// An argument as it is written in a template, with the arguments of the row around it put in.
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

    /// Writes what stands for the inside of `{…}`: a name, and maybe a table and a prefix.
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
        match word(between(inside, 0, name_end)) {
            Word::Columns(columns) => {
                let mut place = 0;
                while place < columns.len() {
                    if place > 0 {
                        self.push_all(b", ");
                    }
                    self.expand_column(columns[place].as_bytes(), &arguments);
                    place += 1;
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
                let mut place = 0;
                while place < set.len() {
                    if place > 0 {
                        self.push_all(b", ");
                    }
                    self.push_number(set[place].number());
                    place += 1;
                }
                self.push(b')');
            }
        }
    }

    /// Writes one column of a row: its name behind that of the table, or a template.
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

/// Where `wanted` first stands in `text` from `from` on; the length of `text` where it does not.
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

/// Expands a template to a `&'static str` when the program is built.
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
    fn rows_and_constants_are_put_in() {
        assert_eq!(
            expand!(
                "SELECT {Session s}  FROM sessions s\n            WHERE x IN {moderators} AND y = {users}"
            ),
            "SELECT s.id, s.session_id, s.in_call, s.last_ping FROM sessions s WHERE x IN (1, 2, 6) AND y = 'users'"
        );
        assert_eq!(expand!("RETURNING {Session}"), "RETURNING id, session_id, in_call, last_ping");
    }

    #[test]
    fn the_columns_of_a_joined_row_have_a_prefix() {
        assert_eq!(
            expand!("{NamedActor m subject}"),
            "NULLIF(m.subject_kind, ''), m.subject_account, m.subject_id, \
             CASE WHEN m.subject_kind = 'guests' THEN (SELECT g.name FROM guest_names g \
             WHERE g.conversation_id = m.conversation_id AND g.guest_id = m.subject_id) END, \
             m_subject.user_id, m_subject.display_name, m_subject.deleted"
        );
    }
}
