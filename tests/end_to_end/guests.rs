//! People without an account.

use std::time::Instant;

use serde_json::{Value, json};

use crate::database_snapshot::DatabaseReader;
use crate::people::{Answer, Person, Room};
use crate::server::Server;
use crate::stories;
use crate::waiting::{until, waiting};

/// Somebody without an account who is in a conversation, with their session.
pub(crate) fn guest<'a>(app: &'a Server, room: &Room) -> (Person<'a>, String) {
    let joined = app.nobody().post(&room.path("participants/active"), &[]);
    let session = joined.is_ok()["sessionId"].as_str().unwrap().to_owned();
    (app.nobody().showing("cookie", cookie(&joined)), session)
}

/// The cookie that came with an answer, as it is sent back.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// What the sentence of the last message names.
fn named(seen: &Value, placeholder: &str) -> Value {
    seen["lastMessage"]["messageParameters"][placeholder]["name"].clone()
}

stories! {
    fn a_guest_keeps_their_seat_by_a_cookie_of_which_the_store_has_a_hash(app: Server) {
        let alice = app.user("alice");
        let (room, other) = (alice.creates_public("Room"), alice.creates_public("Other"));
        let joined = app.nobody().post(&room.path("participants/active"), &[]);
        assert_eq!(joined.is_ok()["participantType"], 4);
        let attributes: Vec<&str> = joined.header("set-cookie").split("; ").skip(1).collect();
        assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax"], "gone with the browser");
        let secret = cookie(&joined).split_once('=').unwrap().1.to_owned();
        assert_eq!(secret.len(), 64);
        let stored = DatabaseReader::new(&app.database).sees();
        assert!(!stored.holds(&secret));
        let seats = stored.rows("attendees");
        let key = seats.iter().find_map(|seat| seat["guest_key"].as_str()).unwrap();
        assert_eq!(key.len(), 64, "SHA-256 in hex");

        let with_it = app.nobody().showing("cookie", cookie(&joined));
        assert_eq!(with_it.sees(&room)["sessionId"], joined.data()["sessionId"]);
        let again = with_it.post(&room.path("participants/active"), &[]);
        assert_ne!(again.is_ok()["sessionId"], joined.data()["sessionId"]);
        assert_eq!(with_it.post(&other.path("participants/active"), &[]).header("set-cookie"), "", "one for all");
        let made_up = app.nobody().showing("cookie", "plauder_session=made-up-by-somebody-else");
        assert_ne!(cookie(&made_up.post(&room.path("participants/active"), &[])), "");
        assert_eq!(made_up.sees(&room)["displayName"], "", "no seat hangs on that one");
        assert_eq!(alice.get(&format!("/v1/room/{}", room.0)).is_ok()["numGuests"], 2);

        with_it.delete(&room.path("participants/active"), &[]).is_ok();
        assert_eq!(with_it.sees(&room)["displayName"], "", "a stranger again");
        assert_eq!(with_it.sees(&other)["displayName"], "Other");
        with_it.get("/v2/room").is_refused(401);
    }

    fn a_guest_has_a_name_and_may_become_a_moderator(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_public("Room");
        alice.adds(&room, "bob").is_ok();
        let ((gerda, of_gerda), (gus, of_gus)) = (guest(app, &room), guest(app, &room));
        let name = format!("/v1/guest/{}/name", room.0);
        gerda.post(&name, &[("displayName", "Gerda")]).is_ok();
        gus.post(&name, &[("displayName", &"g".repeat(70))]).is_ok();
        alice.post(&name, &[("displayName", "Al")]).is_refused(403);
        app.nobody().post(&name, &[("displayName", "No")]).is_refused(404);
        let guests = || {
            let listed = alice.get(&room.path("participants")).is_ok();
            let listed = listed.as_array().unwrap().iter().filter(|one| one["userId"] == "");
            listed.map(|one| (one["displayName"].clone(), one["participantType"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(guests(), [(json!("Gerda"), json!(4)), (json!("g".repeat(64)), json!(4))]);

        gerda.get(&room.path("participants")).is_refused(403);
        gerda.renames(&room, "Mine").is_refused(403);
        bob.post(&room.path("moderators"), &[("sessionId", &of_gerda)]).is_refused(403);
        alice.post(&room.path("moderators"), &[("sessionId", &of_gerda)]).is_ok();
        assert_eq!(named(&bob.sees(&room), "user"), "Gerda (guest)");
        gerda.renames(&room, "Renamed by a guest").is_ok();
        let view = bob.sees(&room);
        assert_eq!((&view["name"], &view["lastMessage"]["actorType"]), (&json!("Renamed by a guest"), &json!("guests")));
        assert_eq!(gerda.get(&room.path("participants")).is_ok().as_array().unwrap().len(), 4);
        gerda.adds(&room, "bob").is_refused(401);
        gerda.closes(&room).is_refused(401);
        gerda.post(&name, &[("displayName", "Gerda G.")]).is_ok();
        assert_eq!(bob.sees(&room)["lastMessage"]["actorDisplayName"], "Gerda G.", "also in what was told before");

        let removes = |by: &Person<'_>, session: &str| by.delete(&room.path("participants/guests"), &[("participant", session)]);
        removes(&gus, &of_gerda).is_refused(403);
        removes(&gerda, &of_gerda).is_refused(403);
        removes(&gerda, &of_gus).is_ok();
        removes(&gerda, &of_gus).is_refused(404);
        assert_eq!(gus.sees(&room)["displayName"], "");
        alice.delete(&room.path("moderators"), &[("sessionId", &of_gerda)]).is_ok();
        gerda.renames(&room, "Mine").is_refused(403);
        removes(&alice, &of_gerda).is_ok();
        assert_eq!(guests(), []);
    }
}

#[test]
fn behind_a_proxy_that_is_trusted_a_guests_cookie_is_secure() {
    let trusting = [("PLAUDER_SERVER_TRUSTED_PROXIES", "127.0.0.0/8")];
    for app in [Server::with_environment(&trusting), Server::with_store_on_postgresql(&trusting)] {
        let room = app.user("alice").creates_public("Room");
        let joins = |scheme: &str| {
            let somebody = app.nobody().showing("x-forwarded-proto", scheme);
            somebody.post(&room.path("participants/active"), &[]).header("set-cookie").to_owned()
        };
        assert!(joins("https").ends_with("; HttpOnly; SameSite=Lax; Secure"), "{}", joins("https"));
        assert!(joins("http").ends_with("; HttpOnly; SameSite=Lax"), "{}", joins("http"));
    }
}

#[test]
fn an_address_is_only_so_many_guests() {
    let limits = [
        ("PLAUDER_LIMITS_GUEST_JOINS_PER_MINUTE", "5"),
        ("PLAUDER_LIMITS_GUEST_POLLS", "1"),
        ("PLAUDER_METRICS_LISTEN", "127.0.0.1:0"),
    ];
    for app in [Server::with_environment(&limits), Server::with_store_on_postgresql(&limits)] {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_public("Room");
        let known =
            alice.post(&format!("/v1/chat/{}", room.0), &[("message", "Hi")]).is(201)["id"].as_i64().unwrap();
        let began = Instant::now();
        let (guest, _) = guest(&app, &room);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| guest.waits(&room, known, 30));
            until("one waits", || waiting(&app) == 1);
            let refused = guest.waits(&room, known, 30);
            assert_eq!((refused.status, refused.header("retry-after")), (429, "1"));
            assert_eq!(guest.waits(&room, known - 1, 30).status, 200, "who finds something does not wait");
            alice.says(&room, "Ho").is(201);
            waits.join().unwrap().is_ok();
        });
        assert_eq!(guest.waits(&room, known + 1, 1).status, 304, "nobody else waits any more");
        // Joins that are refused for another reason do not count.
        for _ in 0..10 {
            app.nobody().post("/v2/room/nosuchroom/participants/active", &[]).is_refused(404);
        }
        // One of five has joined. The others come at once.
        let joined: Vec<Answer> = std::thread::scope(|scope| {
            let joins = || app.nobody().post(&room.path("participants/active"), &[]);
            let threads: Vec<_> = (0..24).map(|_| scope.spawn(joins)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let passed = joined.iter().filter(|answer| answer.status == 200).count();
        // Every twelve seconds an address may join once more.
        let later = usize::try_from(began.elapsed().as_secs()).unwrap() / 12 + 1;
        assert!(
            (4..=4 + later).contains(&passed),
            "{passed} joined, {later} because of the time that it took"
        );
        let refused: Vec<_> = joined.iter().filter(|answer| answer.status == 429).collect();
        assert!(!refused.is_empty() && joined.iter().all(|answer| [200, 429].contains(&answer.status)));
        let seconds: u32 = refused[0].header("retry-after").parse().unwrap();
        assert!((1..=12).contains(&seconds));
        assert!(refused[0].message().contains("guests"));
        bob.post(&room.path("participants/active"), &[]).is_ok();
    }
}
