//! Being online in a conversation, and what it takes to come in.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::database_snapshot::DatabaseReader;
use crate::guests::guest;
use crate::people::{Person, Room};
use crate::server::Server;
use crate::stories;

/// Asks until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed().as_secs() < 20, "waited in vain: {what}");
    }
}

/// How many system messages of each name the store holds.
fn count_messages(reader: &DatabaseReader, name: &str) -> usize {
    reader.sees().rows("messages").iter().filter(|message| message["happening"] == name).count()
}

/// Tries a password and hangs up before the answer comes.
fn tries_and_hangs_up(app: &Server, room: &Room, password: &str) {
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    let body = format!("password={password}");
    write!(
        stream,
        "POST /ocs/v2.php/apps/spreed/api{} HTTP/1.1\r\nhost: x\r\nocs-apirequest: true\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        room.path("participants/active"),
        body.len()
    )
    .unwrap();
    let tries = || app.log().matches("a wrong password").count();
    let before = tries();
    until("the try is counted", || tries() > before);
}

stories! {
    fn a_session_that_is_alive_is_replaced_only_by_force(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_group("Room");
        let active = room.path("participants/active");
        assert_eq!(alice.sees(&room)["sessionId"], "0");
        let first = alice.post(&active, &[("force", "false")]).is_ok();
        let id = first["sessionId"].as_str().unwrap();
        assert!(id.len() == 512 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
        assert_eq!(alice.sees(&room)["sessionId"], id);
        let stored = alice.post(&active, &[("force", "false")]);
        assert_eq!(stored.is(409), json!({ "sessionId": id, "inCall": 0, "lastPing": first["lastPing"] }));
        alice.post(&format!("/v1/call/{}", room.0), &[("flags", "3")]).is_ok();
        assert_eq!(alice.post(&active, &[("force", "0")]).is(409)["inCall"], 3);
        assert_eq!(alice.sees(&room)["sessionId"], id, "nothing changed");

        let second = alice.post(&active, &[]).is_ok();
        assert_ne!(second["sessionId"], id);
        let seen = alice.sees(&room);
        assert_eq!((&seen["sessionId"], &seen["hasCall"]), (&second["sessionId"], &json!(false)), "the call went with it");
        alice.delete(&active, &[]).is_ok();
        let seen = alice.sees(&room);
        assert_eq!((&seen["sessionId"], &seen["lastPing"]), (&json!("0"), &second["lastPing"]));
        alice.post(&active, &[("force", "false")]).is_ok();
    }

    fn strangers_give_the_password_and_it_stays_when_the_conversation_is_closed(app: Server) {
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = alice.creates_public("Locked door");
        alice.adds(&room, "bob").is_ok();
        alice.put(&room.path("password"), &[("password", "Sesame-open-42")]).is_ok();
        let joins = |who: &Person<'_>, password: &str| who.post(&room.path("participants/active"), &[("password", password)]);
        joins(&bob, "").is_ok();
        for stranger in [&carla, &app.nobody()] {
            joins(stranger, "").is_refused(403);
            joins(stranger, "wrong").is_refused(403);
            joins(stranger, "Sesame-open-42").is_ok();
        }
        joins(&carla, "wrong").is_ok();
        alice.closes(&room).is_ok();
        assert_eq!(alice.sees(&room)["hasPassword"], true);
        joins(&carla, "Sesame-open-42").is_refused(404);
        alice.opens(&room).is_ok();
        joins(&carla, "").is_refused(403);
        joins(&carla, "Sesame-open-42").is_ok();
        alice.put(&room.path("password"), &[("password", "")]).is_ok();
        joins(&app.nobody(), "").is_ok();
    }

    fn wrong_passwords_are_answered_later_and_later_and_in_the_end_not_at_all(app: Server) {
        let alice = app.user("alice");
        let (room, other) = (alice.creates_public("Locked door"), alice.creates_public("Another"));
        for room in [&room, &other] {
            alice.put(&room.path("password"), &[("password", "Sesame-open-42")]).is_ok();
        }
        let joins = |room: &Room, password: &str| app.nobody().post(&room.path("participants/active"), &[("password", password)]);
        for wait in [100, 200, 400] {
            let began = Instant::now();
            joins(&room, "wrong").is_refused(403);
            assert!(began.elapsed() >= Duration::from_millis(wait), "{:?}", began.elapsed());
        }
        joins(&room, "Sesame-open-42").is_ok();
        for number in 0..10 {
            tries_and_hangs_up(app, &room, &format!("wrong-{number}"));
        }
        let refused = joins(&room, "Sesame-open-42");
        refused.is_refused(429);
        assert!(refused.header("retry-after").parse::<i64>().unwrap() > 800);
        joins(&room, "").is_refused(403);
        joins(&other, "Sesame-open-42").is_ok();
        alice.post(&room.path("participants/active"), &[]).is_ok();
    }

    fn with_an_account_goes_everything_that_it_was_doing(app: Server) {
        let (alice, erik) = (app.user("alice"), app.user("erik"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "erik").is_ok();
        let secret = erik.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
        let cookie = erik.get("/cloud/user").header("set-cookie").split(';').next().unwrap().to_owned();
        let program = Person::new(app, "erik", &secret);
        let browser = app.nobody().showing("cookie", cookie);
        browser.post(&room.path("participants/active"), &[]).is_ok();
        program.post(&format!("/v1/call/{}", room.0), &[]).is_ok();
        assert_eq!(alice.sees(&room)["hasCall"], true);

        app.admin().delete("/cloud/users/erik", &[]).is_ok();
        for gone in [&erik, &program, &browser] {
            gone.get("/v2/room").is_refused(401);
        }
        let seen = alice.sees(&room);
        assert_eq!(seen["hasCall"], false);
        assert_eq!(seen["lastMessage"]["message"], "{actor} left the conversation");
        assert_eq!(alice.get(&room.path("participants")).is_ok().as_array().unwrap().len(), 1);
        let reader = DatabaseReader::new(&app.database);
        assert_eq!((count_messages(&reader, "call_left"), count_messages(&reader, "call_ended")), (1, 1));
        let left = reader.sees();
        for table in ["sessions", "callers", "app_passwords"] {
            assert_eq!(left.rows(table), [] as [serde_json::Value; 0], "{table}");
        }
        let accounts = left.rows("accounts");
        let of_erik = &accounts.iter().find(|account| account["user_key"] == "erik").unwrap()["id"];
        assert!(left.rows("web_sessions").iter().all(|session| session["account_id"] != *of_erik));
    }
}

#[test]
fn dead_sessions_end_once_however_many_nodes_look_for_them() {
    let app = Server::on_postgresql();
    let node = app.another();
    let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
    let rooms: Vec<Room> = (0..12).map(|number| alice.creates_public(&format!("Room {number}"))).collect();
    for room in &rooms {
        alice.adds(room, "bob").is_ok();
        for who in [&alice, &bob, &carla, &guest(&app, room).0] {
            // Who is a guest comes online once more.
            who.post(&room.path("participants/active"), &[]).is_ok();
            who.post(&format!("/v1/call/{}", room.0), &[]).is_ok();
        }
    }
    let reader = DatabaseReader::new(&app.database);
    let of_alice =
        "SELECT a.id FROM attendees a JOIN accounts p ON p.id = a.account_id WHERE p.user_key = 'alice'";
    reader.runs(&format!(
        "UPDATE sessions SET last_ping = last_ping - 200 WHERE attendee_id NOT IN ({of_alice})"
    ));
    let elsewhere = Person::new(&node, "alice", "alice-likes-cake");
    until("one after the other is put out", || reader.sees().rows("sessions").len() == rooms.len());
    assert_eq!(count_messages(&reader, "call_left"), 3 * rooms.len(), "bob, carla and a guest, once each");
    assert_eq!(count_messages(&reader, "call_ended"), 0);
    for room in &rooms {
        let seen = elsewhere.get(&format!("/v1/room/{}", room.0)).is_ok();
        assert_eq!((&seen["hasCall"], &seen["numGuests"]), (&json!(true), &json!(0)));
        let listed = elsewhere.get(&room.path("participants")).is_ok();
        let names = listed.as_array().unwrap().iter().map(|one| one["userId"].clone());
        assert_eq!(names.collect::<Vec<_>>(), ["alice", "bob"], "who came through the link is gone");
    }
    reader.runs("UPDATE sessions SET last_ping = last_ping - 200");
    until("everybody is gone", || reader.sees().rows("sessions").is_empty());
    assert_eq!(
        (count_messages(&reader, "call_left"), count_messages(&reader, "call_ended")),
        (4 * rooms.len(), rooms.len())
    );
    let last = &elsewhere.sees(&rooms[0])["lastMessage"];
    let message = last["message"].as_str().unwrap();
    assert!(message.starts_with("Call with {user1}, {user2}, {user3} and 1 guest (Duration "), "{message}");
}
