//! A store in which callers and the objects of their requests exist, and requests that are tried on it.

use std::collections::BTreeMap;

use super::effects;
use super::outcome::Outcome;
use super::rules::Request;
use crate::database_snapshot::{DatabaseReader, DatabaseSnapshot};
use crate::people::Person;
use crate::server::Server;

/// A server with accounts that have done nothing yet.
pub(super) struct Base<'a> {
    pub(super) app: &'a Server,
    pub(super) database: DatabaseReader,
    pub(super) accounts: BTreeMap<&'static str, Person<'a>>,
    empty: DatabaseSnapshot,
}

impl<'a> Base<'a> {
    /// `groups`: their names and members.
    pub(super) fn new(app: &'a Server, accounts: &[&'static str], groups: &[(&str, &[&str])]) -> Self {
        let mut accounts: BTreeMap<_, _> = accounts.iter().map(|id| (*id, app.user(id))).collect();
        for (group, members) in groups {
            app.group(group, members);
        }
        accounts.insert("admin", app.admin());
        for person in accounts.values() {
            // The server caches that their passwords are right, and stores that they signed in.
            person.get("/v2/room").is_ok();
        }
        let database = DatabaseReader::new(&app.database);
        let empty = database.sees();
        Self { app, database, accounts, empty }
    }

    /// Removes what a world added.
    pub(super) fn reset(&self) {
        self.database.puts_back(&self.database.sees(), &self.empty);
    }
}

/// One world.
pub(super) struct Fixture<'a, 'b> {
    pub(super) base: &'b Base<'a>,
    /// The callers, by their names in the rules, and others by their ids.
    pub(super) people: BTreeMap<String, Person<'a>>,
    /// What stands in the rules for values that differ from run to run, as `session(gus)`.
    pub(super) values: BTreeMap<String, String>,
    /// The ids of the callers that have one.
    pub(super) ids: BTreeMap<String, String>,
    pub(super) contents: DatabaseSnapshot,
    /// Whether notifications are looked at. Those that conversations bring have tests of their own.
    pub(super) has_notifications: bool,
    /// Does what a situation says before a request of this caller.
    pub(super) bring_about: fn(&Fixture<'a, 'b>, &str, &Person<'a>),
}

impl Fixture<'_, '_> {
    /// What a request of `caller` is answered and what it changes, in a store in which nothing was done before.
    pub(super) fn send(&self, method: &str, path: &str, request: &Request, caller: &str) -> Outcome {
        let person = &self.people[caller];
        let database = &self.base.database;
        let mut before = self.contents.clone();
        if !request.situation.is_empty() {
            (self.bring_about)(self, &request.situation, person);
            before = database.sees();
        }
        let mut path = path.to_owned();
        let mut fields = Vec::new();
        let token = [("{token}".to_owned(), "{token}".to_owned())];
        for (name, value) in request.fields.iter().chain(&token) {
            let value = self.value(value, caller);
            if name.starts_with('{') {
                path = path.replace(name, &value);
            } else {
                fields.push((name.as_str(), value));
            }
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = person.sends(method, &path, &fields);
        let after = database.sees();
        let is_empty = answer.body.is_empty();
        let code = if is_empty { None } else { answer.json()["ocs"]["meta"]["statuscode"].as_u64() };
        let code = code.and_then(|code| u16::try_from(code).ok());
        let code = code.filter(|code| (100..200).contains(code) || *code == 998);
        let mut effects = effects::between(&before, &after);
        effects.retain(|effect, _| self.has_notifications || !effect.starts_with("notification "));
        if after != self.contents {
            database.puts_back(&after, &self.contents);
        }
        let mut outcome = Outcome { status: answer.status, code, effects };
        let differing: Vec<_> = before.tables_that_differ(&after).collect();
        if answer.status >= 400 || (method == "GET" && outcome.effects.is_empty()) {
            // Nothing may change, not even a time.
            outcome.effects = differing.iter().map(|table| (format!("{table} changed"), 1)).collect();
        }
        outcome
    }

    /// `self` is the id of the caller, `session(self)` their session.
    fn value(&self, value: &str, caller: &str) -> String {
        let own = self.ids.get(caller).map_or("unknown", String::as_str);
        if value == "self" {
            return own.to_owned();
        }
        let named = value.replace("(self)", &format!("({own})"));
        let unknown = if named.starts_with("session(") { "of-nobody" } else { named.as_str() };
        self.values.get(&named).map_or(unknown, String::as_str).to_owned()
    }
}
