//! What a request did, as letters, by what a store held before and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::database_snapshot::DatabaseSnapshot;

/// What a request did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Effects {
    /// See the legend of the table.
    pub(super) letters: String,
    /// The names of the system messages that it brought.
    pub(super) system_messages: BTreeSet<String>,
}

/// The columns of a conversation that somebody sets; the others are kept by the server.
const SET: [&str; 8] =
    ["type", "name", "password_hash", "read_only", "lobby_state", "lobby_timer", "object_type", "object_id"];

/// Tables that say in other words what is in the letters: who has been in a call, the names in messages, and who is
/// notified, which has rules and stories of its own.
const TOLD_BY_OTHERS: [&str; 4] = ["callers", "guest_names", "message_names", "notifications"];

/// A row that is there before, after or both times.
struct Change {
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    fn came(&self) -> bool {
        self.before.is_none()
    }

    fn went(&self) -> bool {
        self.after.is_none()
    }

    /// Whether it stayed, with something else in one of these columns.
    fn differs(&self, columns: &[&str]) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => columns.iter().any(|&column| before[column] != after[column]),
            _ => false,
        }
    }

    fn is_in_call(row: Option<&Value>) -> bool {
        row.is_some_and(|row| row["in_call"] != 0)
    }
}

fn changes(before: &DatabaseSnapshot, after: &DatabaseSnapshot, table: &str) -> Vec<Change> {
    let mut changed: BTreeMap<i64, Change> = BTreeMap::new();
    for (rows, others, is_before) in
        [(&before.0[table], &after.0[table], true), (&after.0[table], &before.0[table], false)]
    {
        for row in rows.difference(others) {
            let row: Value = serde_json::from_str(row).unwrap();
            let change = changed.entry(row["id"].as_i64().unwrap());
            let change = change.or_insert(Change { before: None, after: None });
            *(if is_before { &mut change.before } else { &mut change.after }) = Some(row);
        }
    }
    changed.into_values().collect()
}

/// What changed from `before` to `after`.
pub(super) fn between(before: &DatabaseSnapshot, after: &DatabaseSnapshot) -> Effects {
    let [rooms, seats, sessions, messages, mails] =
        ["conversations", "attendees", "sessions", "messages", "mails"]
            .map(|table| changes(before, after, table));
    let mut effects = Effects::default();
    let mut letter = |letter: char, count: usize| match count {
        0 => {}
        1 => effects.letters.push(letter),
        many => write!(effects.letters, "{letter}{many}").unwrap(),
    };
    let count = |of: &[Change], which: &dyn Fn(&Change) -> bool| of.iter().filter(|one| which(one)).count();
    letter('C', count(&rooms, &Change::came));
    letter('D', count(&rooms, &Change::went));
    letter('c', count(&rooms, &|room| room.differs(&SET)));
    letter('a', count(&seats, &Change::came));
    letter('r', count(&seats, &|seat| seat.differs(&["participant_type"])));
    letter('n', count(&seats, &|seat| seat.differs(&["display_name"])));
    letter('f', count(&seats, &|seat| seat.differs(&["favorite", "notification_level"])));
    letter('s', count(&sessions, &Change::came));
    let is_in = |session: &Change| Change::is_in_call(session.after.as_ref());
    let was_in = |session: &Change| Change::is_in_call(session.before.as_ref());
    letter('i', count(&sessions, &|session| is_in(session) && !was_in(session)));
    // With a conversation goes everything that is in it; that nothing is left is looked at below.
    if count(&rooms, &Change::went) == 0 {
        letter('o', count(&sessions, &|session| was_in(session) && !is_in(session)));
        letter('e', count(&sessions, &Change::went));
        letter('l', count(&seats, &Change::went));
        let is_written = |message: &Change| {
            message.came() && message.after.as_ref().is_some_and(|row| row["kind"] == "comment")
        };
        letter('m', count(&messages, &|message| message.came() && !is_written(message)));
        letter('w', count(&messages, &is_written));
        letter('k', count(&seats, &|seat| seat.differs(&["last_read_message"])));
    }
    letter('@', count(&mails, &Change::came));
    for message in messages.iter().filter(|one| one.came()).filter_map(|message| message.after.as_ref()) {
        let system_message = message["happening"].as_str().unwrap();
        if !system_message.is_empty() {
            effects.system_messages.insert(system_message.to_owned());
        }
    }
    let gone = rooms.iter().filter(|room| room.went()).filter_map(|room| room.before.as_ref());
    for id in gone.map(|room| &room["id"]) {
        let is_left = |table: &&String| after.rows(table).iter().any(|row| row["conversation_id"] == *id);
        effects.letters.extend(after.0.keys().filter(is_left).map(|table| format!("!{table}")));
    }
    let known = ["conversations", "attendees", "sessions", "messages", "mails"];
    let others = before.tables_that_differ(after);
    let others = others.filter(|table| !known.contains(table) && !TOLD_BY_OTHERS.contains(table));
    effects.letters.extend(others.map(|table| format!("!{table}")));
    effects
}
