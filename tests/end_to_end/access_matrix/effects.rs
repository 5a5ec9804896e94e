//! What a request changed, in the words of `tests/access_matrix.txt`, from what the store held before and after it.

use std::collections::{BTreeMap, BTreeSet};

use plauder_server::api::operation::Effect;
use serde_json::Value;

use super::outcome::Effects;
use crate::database_snapshot::DatabaseSnapshot;

/// The columns of a conversation that the server maintains; somebody sets the others.
const MAINTAINED: [&str; 14] = [
    "last_activity",
    "last_message_id",
    "written",
    "accounts",
    "moderators",
    "guests",
    "call_since",
    "in_call",
    "all_mention",
    "all_mention_by",
    "other_all_mention",
    "access",
    "seats_gone",
    "revision",
];

/// Tables about conversations.
const CONVERSATION_TABLES: [&str; 5] = ["conversations", "attendees", "sessions", "messages", "mails"];

/// Tables that repeat what other tables say: who has been in a call, and the names in messages.
const REPEATING: [&str; 3] = ["callers", "guest_names", "message_names"];

/// The other tables: what a row of them is, and the columns that tell rows apart.
const ADMINISTRATION: [(&str, &str, &[&str]); 10] = [
    ("accounts", "account", &["id"]),
    ("logins", "sign-in", &["account_id"]),
    ("account_groups", "group", &["id"]),
    ("group_members", "group member", &["group_id", "account_id"]),
    ("app_passwords", "app password", &["id"]),
    ("web_sessions", "web session", &["secret_hash"]),
    ("settings", "setting", &["name"]),
    ("circles", "team", &["id"]),
    ("circle_members", "team member", &["id"]),
    ("notifications", "notification", &["id"]),
];

/// Tables of one number that grows: when access of waiting clients has to be checked again, when names changed.
const EPOCHS: [(&str, &str); 2] = [("access_epoch", "access rechecked"), ("names_epoch", "names changed")];

/// A row that exists before, after or both times.
struct Change {
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    fn is_created(&self) -> bool {
        self.before.is_none()
    }

    fn is_deleted(&self) -> bool {
        self.after.is_none()
    }

    /// Whether the row exists both times, with something else in a column that is not one of these.
    fn differs_beside(&self, columns: &[&str]) -> bool {
        let (Some(Value::Object(before)), Some(after)) = (&self.before, &self.after) else { return false };
        before.iter().any(|(column, value)| !columns.contains(&column.as_str()) && after[column] != *value)
    }

    /// Whether the row exists both times, with something else in one of these columns.
    fn differs(&self, columns: &[&str]) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => columns.iter().any(|&column| before[column] != after[column]),
            _ => false,
        }
    }

    fn was_in_call(&self) -> bool {
        self.before.as_ref().is_some_and(|row| row["in_call"] != 0)
    }

    fn is_in_call(&self) -> bool {
        self.after.as_ref().is_some_and(|row| row["in_call"] != 0)
    }

    /// Whether it is a message that somebody wrote.
    fn is_comment(&self) -> bool {
        self.after.as_ref().is_some_and(|row| row["kind"] == "comment")
    }
}

fn changes(before: &DatabaseSnapshot, after: &DatabaseSnapshot, table: &str, key: &[&str]) -> Vec<Change> {
    let mut changed: BTreeMap<String, Change> = BTreeMap::new();
    for (rows, others, is_before) in
        [(&before.0[table], &after.0[table], true), (&after.0[table], &before.0[table], false)]
    {
        for row in rows.difference(others) {
            let row: Value = serde_json::from_str(row).unwrap();
            let key = key.iter().map(|column| row[column].to_string()).collect::<Vec<_>>().join(" ");
            let change = changed.entry(key).or_insert(Change { before: None, after: None });
            *(if is_before { &mut change.before } else { &mut change.after }) = Some(row);
        }
    }
    changed.into_values().collect()
}

/// What changed from `before` to `after`.
pub(super) fn between(before: &DatabaseSnapshot, after: &DatabaseSnapshot) -> Effects {
    let mut effects = Effects::new();
    let mut add = |effect: &str, times: usize| {
        if times > 0 {
            *effects.entry(effect.to_owned()).or_default() += times;
        }
    };
    let [rooms, attendees, sessions, messages, mails] =
        CONVERSATION_TABLES.map(|table| changes(before, after, table, &["id"]));
    let count = |changes: &[Change], is_it: &dyn Fn(&Change) -> bool| {
        changes.iter().filter(|change| is_it(change)).count()
    };
    add("conversation created", count(&rooms, &Change::is_created));
    add("conversation deleted", count(&rooms, &Change::is_deleted));
    add("conversation changed", count(&rooms, &|room| room.differs_beside(&MAINTAINED)));
    add("attendee added", count(&attendees, &Change::is_created));
    add("type changed", count(&attendees, &|attendee| attendee.differs(&["participant_type"])));
    add("guest renamed", count(&attendees, &|attendee| attendee.differs(&["display_name"])));
    let own = ["favorite", "notification_level"];
    add("own settings changed", count(&attendees, &|attendee| attendee.differs(&own)));
    add("session begun", count(&sessions, &Change::is_created));
    add("call joined", count(&sessions, &|session| session.is_in_call() && !session.was_in_call()));
    add("mail queued", count(&mails, &Change::is_created));
    // With a conversation everything in it is deleted; that nothing is left is checked below.
    let deleted: Vec<_> = rooms.iter().filter(|room| room.is_deleted()).collect();
    if deleted.is_empty() {
        add("call left", count(&sessions, &|session| session.was_in_call() && !session.is_in_call()));
        add("session ended", count(&sessions, &Change::is_deleted));
        add("attendee removed", count(&attendees, &Change::is_deleted));
        add("message posted", count(&messages, &|message| message.is_created() && message.is_comment()));
        add("read marker moved", count(&attendees, &|attendee| attendee.differs(&["last_read_message"])));
    }
    for message in messages.iter().filter(|message| message.is_created() && !message.is_comment()) {
        add(message.after.as_ref().unwrap()["happening"].as_str().unwrap(), 1);
    }
    for id in deleted.iter().filter_map(|room| room.before.as_ref()).map(|room| &room["id"]) {
        for table in after.0.keys() {
            add(&format!("{table} left"), count_left(after, table, id));
        }
    }
    for (table, what, key) in ADMINISTRATION {
        let changes = changes(before, after, table, key);
        let is_buried = |change: &Change| table == "accounts" && change.differs(&["deleted"]);
        add(&format!("{what} created"), count(&changes, &Change::is_created));
        add(&format!("{what} deleted"), count(&changes, &|row| row.is_deleted() || is_buried(row)));
        let is_changed = |row: &Change| !row.is_created() && !row.is_deleted() && !is_buried(row);
        add(&format!("{what} changed"), count(&changes, &is_changed));
    }
    for (table, effect) in EPOCHS {
        add(effect, usize::from(before.0[table] != after.0[table]));
    }
    let known: BTreeSet<&str> = CONVERSATION_TABLES
        .into_iter()
        .chain(REPEATING)
        .chain(ADMINISTRATION.map(|(table, ..)| table))
        .chain(EPOCHS.map(|(table, _)| table))
        .collect();
    for table in before.tables_that_differ(after).filter(|table| !known.contains(table)) {
        add(&format!("{table} changed"), 1);
    }
    effects
}

fn count_left(after: &DatabaseSnapshot, table: &str, conversation: &Value) -> usize {
    after.rows(table).iter().filter(|row| row["conversation_id"] == *conversation).count()
}

/// The word for everything that [`Effect::ChangesAdministration`] stands for.
const ADMINISTRATION_CHANGED: &str = "administration changed";

/// An effect that an operation names, as a word.
pub(super) fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::CreatesConversation => "conversation created",
        Effect::DeletesConversation => "conversation deleted",
        Effect::ChangesConversation => "conversation changed",
        Effect::AddsAttendees => "attendee added",
        Effect::RemovesAttendees => "attendee removed",
        Effect::ChangesParticipantType => "type changed",
        Effect::ChangesGuestName => "guest renamed",
        Effect::ChangesOwnSettings => "own settings changed",
        Effect::BeginsSession => "session begun",
        Effect::EndsSession => "session ended",
        Effect::JoinsCall => "call joined",
        Effect::LeavesCall => "call left",
        Effect::PostsMessage => "message posted",
        Effect::MovesReadMarker => "read marker moved",
        Effect::SendsMail => "mail queued",
        Effect::SystemMessage(name) => name,
        Effect::ChangesAdministration => ADMINISTRATION_CHANGED,
    }
}

/// The word by which an operation names what stands in a rule as `effect`.
pub(super) fn named(effect: &str) -> &str {
    let is_administration = EPOCHS.iter().any(|(_, word)| *word == effect)
        || ADMINISTRATION.iter().any(|(_, what, _)| {
            ["created", "changed", "deleted"].iter().any(|verb| effect == format!("{what} {verb}"))
        });
    if is_administration { ADMINISTRATION_CHANGED } else { effect }
}
