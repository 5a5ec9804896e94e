//! A conversation with every kind of attendee it can have.

use std::collections::BTreeMap;

use super::fixture::{Base, Fixture};
use super::rules::Facts;
use crate::people::{Person, Room};
use crate::server::Server;

/// Everybody who has an account. The first five call; to the others something is done.
const ACCOUNTS: [&str; 9] = ["olga", "mark", "uma", "sven", "stella", "tom", "mia", "sam", "nina"];

/// Guests; the first two call.
const GUESTS: [&str; 4] = ["gert", "gisa", "gus", "gina"];

/// The callers by their names in the rules.
const CALLERS: [(&str, &str); 8] = [
    ("owner", "olga"),
    ("moderator", "mark"),
    ("user", "uma"),
    ("self-joined", "sven"),
    ("guest", "gert"),
    ("guest moderator", "gisa"),
    ("stranger", "stella"),
    ("nobody", "nobody"),
];

const GROUPS: [(&str, &[&str]); 2] =
    [("team", &["nina", "uma"]), ("admitted", &["olga", "tom", "mark", "mia", "nina"])];

pub(super) fn base(app: &Server) -> Base<'_> {
    Base::new(app, &ACCOUNTS, &GROUPS)
}

/// Creates the conversation of a world.
pub(super) fn fixture<'a, 'b>(base: &'b Base<'a>, world: &Facts) -> Fixture<'a, 'b> {
    let is = |fact: &str| world.contains(fact);
    let owner = &base.accounts["olga"];
    let (room, attendees): (_, &[&str]) = if is("one-to-one") {
        (owner.talks_to("tom"), &["olga", "tom"])
    } else if is("group") {
        (owner.creates_group("Door"), &["olga", "mark", "uma", "tom", "mia"])
    } else {
        (owner.creates_public("Door"), &["olga", "mark", "uma", "tom", "mia", "sven", "sam"])
    };
    let mut people: BTreeMap<String, Person<'a>> =
        base.accounts.iter().map(|(id, person)| ((*id).to_owned(), person.clone())).collect();
    people.insert("nobody".to_owned(), base.app.nobody());
    let mut values = BTreeMap::from([("{token}".to_owned(), room.0.clone())]);
    if !is("one-to-one") {
        for id in ["mark", "uma", "tom", "mia"] {
            owner.adds(&room, id).is_ok();
        }
        for id in ["mark", "mia"] {
            owner.post(&room.path("moderators"), &[("participant", id)]).is_ok();
        }
    }
    for id in attendees {
        let joined = people[*id].post(&room.path("participants/active"), &[]).is_ok();
        values.insert(format!("session({id})"), joined["sessionId"].as_str().unwrap().to_owned());
    }
    if is("public") {
        for id in GUESTS {
            let joined = base.app.nobody().post(&room.path("participants/active"), &[]);
            let session = joined.is_ok()["sessionId"].as_str().unwrap().to_owned();
            let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
            people.insert(id.to_owned(), base.app.nobody().showing("cookie", cookie));
            if ["gisa", "gina"].contains(&id) {
                owner.post(&room.path("moderators"), &[("sessionId", &session)]).is_ok();
            }
            values.insert(format!("session({id})"), session);
        }
        let address = [("newParticipant", "post@example.org"), ("source", "emails")];
        owner.post(&room.path("participants"), &address).is_ok();
    }
    if is("lobby") {
        owner.put(&room.path("webinar/lobby"), &[("state", "1")]).is_ok();
    }
    if is("read-only") {
        owner.locks(&room).is_ok();
    }
    if is("Talk restricted") {
        base.app
            .admin()
            .post(
                "/apps/provisioning_api/api/v1/config/apps/spreed/allowed_groups",
                &[("value", "[\"admitted\"]")],
            )
            .is_ok();
    }
    // However long the test takes, no session dies, and none is old enough for a request to record a ping.
    for table in ["sessions", "attendees"] {
        base.database.runs(&format!("UPDATE {table} SET last_ping = last_ping + 100000 WHERE last_ping > 0"));
    }
    let history = format!("/v1/chat/{}?lookIntoFuture=0&limit=1", room.0);
    let last = owner.get(&history).is_ok()[0]["id"].clone();
    values.insert("message(last)".to_owned(), last.to_string());
    let mut ids = BTreeMap::new();
    for (caller, id) in CALLERS {
        if let Some(person) = people.get(id).cloned() {
            people.insert(caller.to_owned(), person);
            ids.insert(caller.to_owned(), id.to_owned());
        }
    }
    Fixture {
        base,
        people,
        values,
        ids,
        contents: base.database.sees(),
        has_notifications: false,
        bring_about,
    }
}

/// Does what has to be done before a request, as far as it is allowed here.
fn bring_about<'a>(fixture: &Fixture<'a, '_>, situation: &str, caller: &Person<'a>) {
    let room = Room(fixture.values["{token}"].clone());
    let call = format!("/v1/call/{}", room.0);
    let all_join = |ids: &[&str]| {
        for id in ids.iter().copied() {
            fixture.people[id].post(&call, &[]);
        }
    };
    match situation {
        "offline" => drop(caller.delete(&room.path("participants/active"), &[])),
        "in the call" => drop(caller.post(&call, &[])),
        "others are in the call" => all_join(&["olga", "tom"]),
        "guests are in the call" => all_join(&["gert", "gisa"]),
        "tom is in the call" => all_join(&["tom"]),
        "gus is in the call" => all_join(&["gus"]),
        "a favorite" => drop(caller.post(&room.path("favorite"), &[])),
        "only one moderator" => {
            for id in ["mark", "mia"] {
                fixture.people["olga"].delete(&room.path("moderators"), &[("participant", id)]);
            }
        }
        "with a password" => {
            let set = "UPDATE conversations SET password_hash = 'of another' WHERE token =";
            fixture.base.database.runs(&format!("{set} '{}'", room.0));
        }
        "uma is the share service" => {
            fixture.base.database.runs("INSERT INTO settings (name, value) VALUES ('share_service', 'uma')");
        }
        "the other one left" => drop(fixture.people["tom"].delete(&room.path("participants/self"), &[])),
        // "with COLUMN=VALUE": the conversation has this setting.
        setting if setting.starts_with("with ") && setting.contains('=') => {
            let (column, value) = setting["with ".len()..].split_once('=').unwrap();
            let set = format!("UPDATE conversations SET {column} = '{value}' WHERE token = '{}'", room.0);
            fixture.base.database.runs(&set);
        }
        unknown => panic!("tests/access_matrix.txt: how is this brought about: {unknown}?"),
    }
}
