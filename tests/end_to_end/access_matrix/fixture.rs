//! A conversation with everybody in it who can be, and requests that are made there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::effects;
use super::table::{Block, Line, Request};
use crate::database_snapshot::{DatabaseReader, DatabaseSnapshot};
use crate::people::{Person, Room};
use crate::server::Server;

/// A server with people who have done nothing yet.
pub(super) struct Fixture<'a> {
    app: &'a Server,
    reader: DatabaseReader,
    accounts: BTreeMap<&'static str, Person<'a>>,
    empty: DatabaseSnapshot,
}

/// Everybody who has an account. The first five call; the others are those to whom something is done.
const ACCOUNTS: [&str; 9] = ["olga", "mark", "uma", "sven", "stella", "tom", "mia", "sam", "nina"];

/// Guests; the first two call.
const GUESTS: [&str; 4] = ["gert", "gisa", "gus", "gina"];

/// Who calls, by the name of their column.
const CALLERS: [(&str, &str); 8] = [
    ("owner", "olga"),
    ("moderator", "mark"),
    ("user", "uma"),
    ("self-joined", "sven"),
    ("guest", "gert"),
    ("guest mod", "gisa"),
    ("stranger", "stella"),
    ("nobody", "nobody"),
];

/// A conversation, and who is in it how.
struct Scenario<'a> {
    room: Room,
    people: BTreeMap<&'static str, Person<'a>>,
    sessions: BTreeMap<&'static str, String>,
    contents: DatabaseSnapshot,
}

impl<'a> Fixture<'a> {
    pub(super) fn on(app: &'a Server) -> Self {
        let accounts: BTreeMap<_, _> = ACCOUNTS.iter().map(|id| (*id, app.user(id))).collect();
        app.group("team", &["nina", "uma"]);
        for person in accounts.values() {
            // Their passwords are remembered from now on.
            person.get("/v2/room").is_ok();
        }
        let reader = DatabaseReader::new(&app.database);
        let empty = reader.sees();
        Self { app, reader, accounts, empty }
    }

    /// What is found where `block` says what is expected.
    pub(super) fn plays(&self, block: &Block) -> Block {
        let scenario = self.sets(&block.title);
        let mut found = Block { lines: Vec::new(), ..block.clone() };
        for line in &block.lines {
            let mut answers: Vec<Line> = Vec::new();
            for version in &line.versions {
                let mut answer = Line { versions: vec![version.clone()], cells: Vec::new(), ..line.clone() };
                let mut system_messages = BTreeSet::new();
                for caller in &block.callers {
                    let (cell, tells) = self.tries(&scenario, &line.request, version, caller);
                    answer.cells.push(cell);
                    system_messages.extend(tells);
                }
                answer.tells = system_messages.into_iter().collect::<Vec<_>>().join(" ");
                match answers.last_mut() {
                    Some(last) if last.cells == answer.cells && last.tells == answer.tells => {
                        last.versions.push(version.clone());
                    }
                    _ => answers.push(answer),
                }
            }
            found.lines.append(&mut answers);
        }
        let now = self.reader.sees();
        self.reader.puts_back(&now, &self.empty);
        found
    }

    /// Makes the conversation that a block is about.
    fn sets(&self, title: &str) -> Scenario<'a> {
        let mut people = self.accounts.clone();
        people.insert("nobody", self.app.nobody());
        let mut sessions = BTreeMap::new();
        let owner = &self.accounts["olga"];
        let (room, seated): (_, &[&str]) = if title.starts_with("one-to-one") {
            (owner.talks_to("tom"), &["olga", "tom"])
        } else if title.starts_with("group") {
            (owner.creates_group("Door"), &["olga", "mark", "uma", "tom", "mia"])
        } else {
            (owner.creates_public("Door"), &["olga", "mark", "uma", "tom", "mia", "sven", "sam"])
        };
        for newcomer in seated.iter().filter(|id| ["mark", "uma", "tom", "mia"].contains(*id)) {
            if seated.len() > 2 {
                owner.adds(&room, newcomer).is_ok();
            }
        }
        for moderator in seated.iter().filter(|id| ["mark", "mia"].contains(*id)) {
            owner.post(&room.path("moderators"), &[("participant", *moderator)]).is_ok();
        }
        for id in seated {
            let joined = people[id].post(&room.path("participants/active"), &[]).is_ok();
            sessions.insert(*id, joined["sessionId"].as_str().unwrap().to_owned());
        }
        if title.starts_with("public") {
            for guest in GUESTS {
                let joined = self.app.nobody().post(&room.path("participants/active"), &[]);
                let session = joined.is_ok()["sessionId"].as_str().unwrap().to_owned();
                let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
                people.insert(guest, self.app.nobody().showing("cookie", cookie));
                if ["gisa", "gina"].contains(&guest) {
                    owner.post(&room.path("moderators"), &[("sessionId", &session)]).is_ok();
                }
                sessions.insert(guest, session);
            }
            let address = [("newParticipant", "post@example.org"), ("source", "emails")];
            owner.post(&room.path("participants"), &address).is_ok();
        }
        if title.contains("lobby on") {
            owner.put(&room.path("webinar/lobby"), &[("state", "1")]).is_ok();
        }
        if title.contains("read-only on") {
            owner.locks(&room).is_ok();
        }
        // However long the test takes, nobody's session dies.
        self.reader.runs("UPDATE sessions SET last_ping = last_ping + 100000");
        Scenario { room, people, sessions, contents: self.reader.sees() }
    }

    /// What `caller` is answered, and what that does, in a conversation in which nothing was done before.
    fn tries(
        &self,
        scenario: &Scenario<'a>,
        request: &Request,
        version: &str,
        caller: &str,
    ) -> (String, BTreeSet<String>) {
        let (_, id) = CALLERS.into_iter().find(|(column, _)| *column == caller).expect("a known caller");
        let person = &scenario.people[id];
        let mut before = scenario.contents.clone();
        if !request.situation.is_empty() {
            self.brings_about(scenario, &request.situation, person);
            before = self.reader.sees();
        }
        let path = format!("/{version}{}", request.path.replace("{token}", &scenario.room.0));
        let fields = request.fields.iter().map(|(name, value)| (name.as_str(), scenario.meant(value, id)));
        let answer = person.sends(&request.method, &path, &fields.collect::<Vec<_>>());
        let after = self.reader.sees();
        let mut cell = answer.status.to_string();
        let mut system_messages = BTreeSet::new();
        if request.method == "GET" || answer.status >= 400 {
            for table in before.tables_that_differ(&after) {
                write!(cell, " !{table}").unwrap();
            }
        } else {
            let effects = effects::between(&before, &after);
            if !effects.letters.is_empty() {
                write!(cell, " {}", effects.letters).unwrap();
            }
            system_messages = effects.system_messages;
        }
        if after != scenario.contents {
            self.reader.puts_back(&after, &scenario.contents);
        }
        (cell, system_messages)
    }

    /// Does what has to be done before a request. Whether everybody may do it here is not what is asked.
    fn brings_about(&self, scenario: &Scenario<'a>, situation: &str, caller: &Person<'a>) {
        let room = &scenario.room;
        let call = format!("/v1/call/{}", room.0);
        match situation {
            "offline" => drop(caller.delete(&room.path("participants/active"), &[])),
            "in the call" => drop(caller.post(&call, &[])),
            "others are in the call" => {
                for id in ["olga", "tom"] {
                    scenario.people[id].post(&call, &[]);
                }
            }
            "a favorite" => drop(caller.post(&room.path("favorite"), &[])),
            "only one moderator" => {
                for id in ["mark", "mia"] {
                    scenario.people["olga"].delete(&room.path("moderators"), &[("participant", id)]);
                }
            }
            "with a password" => {
                let set = format!(
                    "UPDATE conversations SET password_hash = 'of another' WHERE token = '{}'",
                    room.0
                );
                self.reader.runs(&set);
            }
            "the other one left" => drop(scenario.people["tom"].delete(&room.path("participants/self"), &[])),
            unknown => panic!("nobody knows how to bring about: {unknown}"),
        }
    }
}

impl Scenario<'_> {
    /// What stands in the table for what differs from run to run: `self` is the caller, `session(gus)` the session of
    /// gus.
    fn meant<'s>(&'s self, value: &'s str, caller: &'s str) -> &'s str {
        let Some(of) = value.strip_prefix("session(").and_then(|rest| rest.strip_suffix(')')) else {
            return if value == "self" { caller } else { value };
        };
        let id = if of == "self" { caller } else { of };
        self.sessions.get(id).map_or("of-nobody", String::as_str)
    }
}
