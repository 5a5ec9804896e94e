//! Requests that wait for messages, on one server and on two.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chat::{id, texts};
use crate::nats::Nats;
use crate::people::{Answer, Person};
use crate::server::{Server, until_somebody_waits_for};

/// How many requests wait on a server with `PLAUDER_METRICS_LISTEN`.
pub(crate) fn waiting(app: &Server) -> usize {
    metric(app, "plauder_waiting_requests")
}

fn metric(app: &Server, name: &str) -> usize {
    let metrics = app.metrics();
    let line = metrics.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "in vain: {what}");
        std::thread::yield_now();
    }
}

type Start = fn(&[(&str, &str)]) -> Server;

fn with_metrics(start: Start) -> Server {
    start(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")])
}

const STARTS: [Start; 2] = [Server::with_environment, Server::with_store_on_postgresql];

#[test]
fn who_waits_is_woken_by_the_commit_and_each_reads_their_own_words() {
    for start in STARTS {
        let app = with_metrics(start);
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = alice.creates_group("Room");
        for friend in ["bob", "carla"] {
            alice.adds(&room, friend).is_ok();
        }
        let known = id(&alice.says(&room, "Before").is(201));
        let before = metric(&app, "plauder_messages_rendered_total");
        std::thread::scope(|scope| {
            let waits: Vec<_> = [&alice, &bob, &carla, &carla]
                .map(|one| scope.spawn(|| one.waits(&room, known, 30).is_ok()))
                .into_iter()
                .collect();
            until("four wait", || waiting(&app) == 4);
            let began = Instant::now();
            alice.post(&room.path("moderators"), &[("participant", "bob")]).is_ok();
            let read: Vec<Value> = waits.into_iter().map(|wait| wait.join().unwrap()).collect();
            assert!(began.elapsed() < Duration::from_secs(5), "woken, and not by the end of the time");
            let notified: Vec<_> = read.iter().map(|messages| texts(messages)[0]).collect();
            assert_eq!(
                notified,
                [
                    "You promoted {user} to moderator",
                    "{actor} promoted you to moderator",
                    "{actor} promoted {user} to moderator",
                    "{actor} promoted {user} to moderator"
                ]
            );
        });
        assert_eq!(
            metric(&app, "plauder_messages_rendered_total") - before,
            3,
            "once for all who read the same"
        );
        assert_eq!(metric(&app, "plauder_messages_delivered_total"), 4);
        assert_eq!(waiting(&app), 0);
    }
}

#[test]
fn who_may_not_read_any_more_gets_nothing_of_what_comes() {
    for start in STARTS {
        let app = with_metrics(start);
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = alice.creates_public("Room");
        alice.adds(&room, "bob").is_ok();
        alice.adds(&room, "carla").is_ok();
        let guest = app.nobody();
        let joined = guest.post(&room.path("participants/active"), &[]);
        let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
        let guest = guest.showing("cookie", cookie);
        let known = id(&alice.says(&room, "Before").is(201));
        let session = joined.data()["sessionId"].as_str().unwrap().to_owned();
        std::thread::scope(|scope| {
            let waits: Vec<_> = [&bob, &carla, &guest]
                .map(|one| scope.spawn(|| one.waits(&room, known, 30)))
                .into_iter()
                .collect();
            until("three wait", || waiting(&app) == 3);
            app.admin().put("/cloud/users/carla/disable", &[]).is_ok();
            alice.delete(&room.path("participants/guests"), &[("participant", &session)]).is_ok();
            alice.removes(&room, "bob").is_ok();
            alice.says(&room, "For those who are left").is(201);
            let read: Vec<Answer> = waits.into_iter().map(|wait| wait.join().unwrap()).collect();
            let statuses: Vec<u16> = read.iter().map(|answer| answer.status).collect();
            assert_eq!(statuses, [404, 401, 404], "{read:?}");
            assert!(read.iter().all(|answer| !answer.body.contains("left")));
        });
    }
}

#[test]
fn who_waits_on_another_node_is_woken_too() {
    let nats = std::env::var("PLAUDER_TEST_NATS")
        .expect("PLAUDER_TEST_NATS names no server: run the tests with ./test, which starts one");
    let environment = [("PLAUDER_NATS_URL", nats.as_str()), ("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")];
    let here = Server::with_store_on_postgresql(&environment);
    let there = here.another();
    until("both know of each other", || {
        [&here, &there].iter().all(|s| s.log().contains("connected to NATS"))
    });
    let alice = here.user("alice");
    let room = alice.creates_group("Room");
    let mut known = id(&alice.says(&room, "Before").is(201));
    let alice_there = Person::new(&there, "alice", "alice-likes-cake");
    for text in ["One", "Two", "Three"] {
        known = std::thread::scope(|scope| {
            let waits = scope.spawn(|| alice_there.waits(&room, known, 30).is_ok());
            until("one waits there", || waiting(&there) == 1);
            let began = Instant::now();
            alice.says(&room, text).is(201);
            let read = waits.join().unwrap();
            assert_eq!(texts(&read), [text]);
            assert!(began.elapsed() < Duration::from_secs(5), "woken, and not by the end of the time");
            id(&read[0])
        });
    }
    // What is taken from somebody here holds there as well.
    let bob = here.user("bob");
    alice.adds(&room, "bob").is_ok();
    let known = id(&alice.says(&room, "Before").is(201));
    let bob_there = bob.authorization().to_owned();
    std::thread::scope(|scope| {
        let bob = Person::nobody(&there).showing("authorization", bob_there);
        let room = &room;
        let waits = scope.spawn(move || bob.waits(room, known, 30));
        until("bob waits there", || waiting(&there) == 1);
        alice.removes(room, "bob").is_ok();
        alice.says(room, "Without bob").is(201);
        assert_eq!(waits.join().unwrap().status, 404);
    });
}

#[test]
fn told_to_stop_the_server_ends_what_waits() {
    let mut app = with_metrics(Server::with_environment);
    app.user("alice");
    let process = app.process_id();
    let room = Person::new(&app, "alice", "alice-likes-cake").creates_group("Room");
    let known = id(&Person::new(&app, "alice", "alice-likes-cake").says(&room, "Before").is(201));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| Person::new(&app, "alice", "alice-likes-cake").waits(&room, known, 60));
        until("one waits", || waiting(&app) == 1);
        let began = Instant::now();
        crate::server::signal(process, "TERM");
        assert_eq!(waits.join().unwrap().status, 304);
        assert!(began.elapsed() < Duration::from_secs(5));
    });
    assert!(app.ends().success());
}

/// What a request that is in flight commits is made known to the other server, which would not ask for it.
#[test]
fn a_commit_of_a_server_that_stops_reaches_the_other() {
    let nats = Nats::start();
    let (here, there) = two_nodes(&nats);
    let began = Instant::now();
    let alice = here.user("alice");
    let room = alice.creates_group("Room");
    let known = id(&alice.says(&room, "Before").is(201));
    let alice_there = Person::new(&there, "alice", "alice-likes-cake");
    let mut client = postgres::Client::connect(&here.database, postgres::NoTls).unwrap();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| alice_there.waits(&room, known, 30));
        until("one waits there", || waiting(&there) == 1);
        let mut holder = client.transaction().unwrap();
        holder.batch_execute("SELECT id FROM conversations FOR UPDATE").unwrap();
        let post = scope.spawn(|| alice.says(&room, "The last").status);
        until_somebody_waits_for(&mut holder);
        crate::server::signal(here.process_id(), "TERM");
        until("it stops", || here.log().contains("stopping"));
        // A second after they have connected, both look at everything once more.
        until("both have looked", || began.elapsed() > Duration::from_secs(2));
        holder.commit().unwrap();
        assert_eq!(post.join().unwrap(), 201);
        assert_eq!(texts(&waits.join().unwrap().is_ok()), ["The last"]);
    });
}

/// A client that was admitted a moment ago is not identified again before it waits.
#[test]
fn no_marker_moves_for_credentials_that_have_ended() {
    for start in STARTS {
        let app = with_metrics(start);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "bob").is_ok();
        let secret = bob.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
        let program = app.nobody().showing("authorization", format!("Bearer {secret}"));
        let one = id(&alice.says(&room, "One").is(201));
        assert_eq!(program.waits(&room, one, 1).status, 304);
        // When another client that waits has the second message, the feed has it.
        let two = std::thread::scope(|scope| {
            let waits = scope.spawn(|| alice.waits(&room, one, 30).is_ok());
            until("alice waits", || waiting(&app) == 1);
            alice.says(&room, "Two").is(201);
            id(&waits.join().unwrap()[0])
        });
        program.delete("/core/apppassword", &[]).is_ok();
        program.waits(&room, two, 1).is_refused(401);
        assert_eq!(bob.sees(&room)["lastReadMessage"], one);
    }
}

#[test]
fn who_was_removed_gets_nothing_while_nats_is_down() {
    let mut nats = Nats::start();
    let (here, there) = two_nodes(&nats);
    let alice = here.user("alice");
    here.user("bob");
    let room = alice.creates_group("Room");
    alice.adds(&room, "bob").is_ok();
    let known = id(&alice.says(&room, "Before").is(201));
    std::thread::scope(|scope| {
        let (room, there) = (&room, &there);
        let waits = scope.spawn(move || Person::new(there, "bob", "bob-likes-cake").waits(room, known, 30));
        until("bob waits there", || waiting(there) == 1);
        nats.stop();
        until("the node notices that NATS is down", || there.log().contains("NATS is not there"));
        alice.removes(room, "bob").is_ok();
        assert_eq!(waiting(there), 1);
        Person::new(there, "alice", "alice-likes-cake").says(room, "Without bob").is(201);
        let answer = waits.join().unwrap();
        assert_eq!(answer.status, 404, "{}", answer.body);
    });
}

#[test]
fn who_does_not_wait_finds_what_is_there_while_nats_is_down() {
    let mut nats = Nats::start();
    let (here, there) = two_nodes(&nats);
    let alice = here.user("alice");
    let room = alice.creates_group("Room");
    let known = id(&alice.says(&room, "Before").is(201));
    let alice_there = Person::new(&there, "alice", "alice-likes-cake");
    let known = std::thread::scope(|scope| {
        let waits = scope.spawn(|| alice_there.waits(&room, known, 30).is_ok());
        until("one waits there", || waiting(&there) == 1);
        alice.says(&room, "While NATS is up").is(201);
        id(&waits.join().unwrap()[0])
    });
    nats.stop();
    until("the node notices that NATS is down", || there.log().contains("NATS is not there"));
    alice.says(&room, "While NATS is down").is(201);
    assert_eq!(texts(&alice_there.waits(&room, known, 0).is_ok()), ["While NATS is down"]);
}

/// Two servers on one store that know of each other through a NATS server of their own.
pub(crate) fn two_nodes(nats: &Nats) -> (Server, Server) {
    let url = nats.url();
    let environment = [("PLAUDER_NATS_URL", url.as_str()), ("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")];
    let here = Server::with_store_on_postgresql(&environment);
    let there = here.another();
    until("both know of each other", || {
        [&here, &there].iter().all(|s| s.log().contains("connected to NATS"))
    });
    (here, there)
}

/// How many transactions a server may have for itself since a moment: it looks after itself twice a second, and who waits
/// looks in the store every ten seconds.
fn on_its_own(began: Instant) -> usize {
    4 * (1 + usize::try_from(began.elapsed().as_secs()).unwrap())
}

/// Who was let in a moment ago is not looked up again for the next message: only what is new is read, once for all.
#[test]
fn who_comes_back_at_once_is_not_looked_up_again() {
    for start in STARTS {
        let app = with_metrics(start);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "bob").is_ok();
        let mut known = id(&alice.says(&room, "Before").is(201));
        let waits = |known| {
            let path =
                format!("/v1/chat/{}?lookIntoFuture=1&setReadMarker=0&lastKnownMessageId={known}", room.0);
            bob.get(&path)
        };
        let mut next = |text: &str| {
            std::thread::scope(|scope| {
                let waiter = scope.spawn(move || waits(known).is_ok());
                until("bob waits", || waiting(&app) == 1);
                alice.says(&room, text).is(201);
                let read = waiter.join().unwrap();
                assert_eq!(texts(&read), [text]);
                known = id(&read[0]);
            });
        };
        next("One");
        let (before, began) = (metric(&app, "plauder_store_transactions_total"), Instant::now());
        for number in 0..20 {
            next(&format!("Text {number}"));
        }
        let spent = metric(&app, "plauder_store_transactions_total") - before;
        // Each is written and read once; and the server looks after itself meanwhile.
        assert!(spent <= 45 + on_its_own(began), "{spent} transactions for 20 messages");
        // How far bob has read is kept with and without a look.
        assert_eq!(bob.sees(&room)["unreadMessages"], 22);
        assert_eq!(bob.waits(&room, known, 0).status, 304);
        assert_eq!(
            (&bob.sees(&room)["unreadMessages"], &bob.sees(&room)["lastReadMessage"]),
            (&Value::from(0), &Value::from(known))
        );
        // Who says that they have read less is looked up again, and reads on from there.
        bob.post(&format!("/v1/chat/{}/read", room.0), &[("lastReadMessage", &(known - 1).to_string())])
            .is_ok();
        assert_eq!(bob.sees(&room)["unreadMessages"], 1);
        assert_eq!(bob.waits(&room, known, 1).status, 304);
        assert_eq!(bob.sees(&room)["unreadMessages"], 0);
        // What bob could see a moment ago is not his to see any more, whether more came since or not.
        let earlier = known - 1;
        assert_eq!(texts(&waits(earlier).is_ok()).len(), 1);
        app.admin().put("/cloud/users/bob/disable", &[]).is_ok();
        waits(earlier).is_refused(401);
        app.admin().put("/cloud/users/bob/enable", &[]).is_ok();
        assert_eq!(texts(&waits(earlier).is_ok()).len(), 1);
        assert!(app.runs(&["user", "disable", "bob"]).status.success());
        waits(earlier).is_refused(401);
        assert!(app.runs(&["user", "enable", "bob"]).status.success());
        app.admin().put("/cloud/users/bob/disable", &[]).is_ok();
        alice.says(&room, "Without bob").is(201);
        waits(known).is_refused(401);
        app.admin().put("/cloud/users/bob/enable", &[]).is_ok();
        assert_eq!(texts(&waits(known).is_ok()), ["Without bob"]);
        alice.removes(&room, "bob").is_ok();
        alice.says(&room, "Without bob again").is(201);
        waits(known).is_refused(404);
    }
}

/// Somebody who comes and goes makes nobody else look in the store, however many wait.
#[test]
fn a_guest_who_comes_and_goes_sends_nobody_to_the_store() {
    for start in STARTS {
        let app = with_metrics(start);
        let alice = app.user("alice");
        let room = alice.creates_public("Room");
        let known = id(&alice.says(&room, "Before").is(201));
        std::thread::scope(|scope| {
            let (room, app) = (&room, &app);
            let waits: Vec<_> = (0..20)
                .map(|_| {
                    let alice = Person::new(app, "alice", "alice-likes-cake");
                    scope.spawn(move || alice.waits(room, known, 30).is_ok())
                })
                .collect();
            until("all wait", || waiting(app) == 20);
            let (before, began) = (metric(app, "plauder_store_transactions_total"), Instant::now());
            for _ in 0..10 {
                let (guest, _) = crate::guests::guest(app, room);
                guest.delete(&room.path("participants/active"), &[]).is_ok();
            }
            let spent = metric(app, "plauder_store_transactions_total") - before;
            // Each comes, goes, and is seen to have gone; and the server looks after itself meanwhile.
            assert!(
                spent <= 40 + on_its_own(began),
                "{spent} transactions for ten guests, and for twenty who wait"
            );
            assert_eq!(waiting(app), 20);
            alice.says(room, "After").is(201);
            for wait in waits {
                assert_eq!(texts(&wait.join().unwrap()), ["After"]);
            }
        });
    }
}
