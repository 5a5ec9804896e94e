//! Many who write and many who read: nobody misses a message, gets one twice, or out of order.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::chat::{id, ids};
use crate::nats::Nats;
use crate::people::{Person, Room};
use crate::server::Server;
use crate::waiting::{two_nodes, until};

/// 8 people write, 50 read, on one or several nodes; each reader follows `X-Chat-Last-Given`, and now and then comes back
/// with a new connection, to whichever node. `meanwhile` happens when half is written.
fn nobody_misses_a_message_or_gets_one_twice(nodes: &[&Server], messages: usize, meanwhile: impl FnOnce()) {
    let alices: Vec<_> = std::iter::once(nodes[0].user("alice"))
        .chain(nodes[1..].iter().map(|node| Person::new(node, "alice", "alice-likes-cake")))
        .collect();
    let room = alices[0].creates_group("Room");
    let start = id(&alices[0].says(&room, "Before").is(201));
    let left = AtomicUsize::new(messages);
    let (room, left) = (&room, &left);
    let (half, is_half) = std::sync::mpsc::channel();
    let take = |half: &std::sync::mpsc::Sender<()>| {
        let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before == Ok(messages / 2) {
            half.send(()).unwrap();
        }
        before.is_ok()
    };
    let written = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..50_usize)
            .map(|reader| scope.spawn(move || follow(nodes, room, start, messages, reader)))
            .collect();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (alice, half) = (&alices[writer % alices.len()], half.clone());
                scope.spawn(move || {
                    let mut written = Vec::new();
                    while take(&half) {
                        let text = format!("{writer}-{}", written.len());
                        written.push(id(&alice.says(room, &text).is(201)));
                    }
                    assert!(written.is_sorted());
                    written
                })
            })
            .collect();
        is_half.recv().unwrap();
        meanwhile();
        let mut written: Vec<i64> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        written.sort_unstable();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), written);
        }
        written
    });
    assert_eq!(written.len(), messages);
}

fn follow(nodes: &[&Server], room: &Room, start: i64, messages: usize, reader: usize) -> Vec<i64> {
    let person = |number: usize| Person::new(nodes[number % nodes.len()], "alice", "alice-likes-cake");
    let mut alice = person(reader);
    let (mut seen, mut known, mut polls) = (Vec::new(), start, 0_usize);
    while seen.len() < messages {
        polls += 1;
        if (polls + reader).is_multiple_of(17) {
            alice = person(reader + polls);
        }
        let answer = alice.waits(room, known, 30);
        assert_eq!(answer.status, 200, "{}", answer.body);
        seen.extend(ids(&answer.data()));
        known = answer.header("x-chat-last-given").parse().unwrap();
        assert_eq!(seen.last(), Some(&known));
    }
    seen
}

#[test]
fn nobody_misses_a_message_or_gets_one_twice_on_sqlite() {
    nobody_misses_a_message_or_gets_one_twice(&[&Server::on_sqlite()], messages(), || {});
}

#[test]
fn nobody_misses_a_message_or_gets_one_twice_on_postgresql() {
    nobody_misses_a_message_or_gets_one_twice(&[&Server::on_postgresql()], messages(), || {});
}

#[test]
fn nobody_misses_a_message_or_gets_one_twice_on_two_nodes_that_lose_sight_of_each_other() {
    let mut nats = Nats::start();
    let (here, there) = two_nodes(&nats);
    nobody_misses_a_message_or_gets_one_twice(&[&here, &there], messages(), || {
        nats.stop();
        until("nobody is told of anything", || {
            [&here, &there].iter().all(|node| node.log().contains("NATS is not there"))
        });
        nats.start_again();
    });
}

/// Killed and started again five times while eight write: what was answered is there, once.
#[test]
fn killed_while_eight_write_it_keeps_every_answered_message_once() {
    let mut app = Server::on_sqlite();
    let alice = app.user("alice");
    let authorization = alice.authorization().to_owned();
    let room = alice.creates_group("Room");
    let mut answered: Vec<(i64, String)> = Vec::new();
    for round in 0..5 {
        let process = app.process_id();
        let count = AtomicUsize::new(0);
        let written = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| {
                    let (app, room, count, authorization) = (&app, &room, &count, authorization.clone());
                    scope.spawn(move || {
                        let alice = Person::nobody(app).showing("authorization", authorization);
                        let path = format!("/v1/chat/{}", room.0);
                        let mut written = Vec::new();
                        for number in 0.. {
                            let text = format!("{round}-{writer}-{number}");
                            let Ok(answer) = alice.tries("POST", &path, &[("message", &text)]) else {
                                break;
                            };
                            written.push((id(&answer.is(201)), text));
                            count.fetch_add(1, Ordering::SeqCst);
                        }
                        written
                    })
                })
                .collect();
            until("many were answered", || count.load(Ordering::SeqCst) >= 200);
            crate::server::signal(process, "KILL");
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        answered.extend(written);
        app.dies_and_comes_back();
    }
    let alice = Person::new(&app, "alice", "alice-likes-cake");
    let (mut stored, mut known) = (Vec::new(), 0);
    loop {
        let page = alice.waits(&room, known, 0);
        if page.status == 304 {
            break;
        }
        let messages = page.is_ok();
        let written =
            messages.as_array().unwrap().iter().filter(|message| message["messageType"] == "comment");
        stored.extend(written.map(|message| (id(message), message["message"].as_str().unwrap().to_owned())));
        known = page.header("x-chat-last-given").parse().unwrap();
    }
    assert!(answered.len() >= 1_000 && stored.is_sorted());
    let mut texts: Vec<&String> = stored.iter().map(|(_, text)| text).collect();
    texts.sort_unstable();
    assert!(texts.windows(2).all(|two| two[0] != two[1]), "some message is there twice");
    for message in &answered {
        assert!(stored.binary_search(message).is_ok(), "{message:?} was answered and is lost");
    }
}

/// 20,000 where `PLAUDER_TEST_MESSAGES` says so; fewer by default, so that a check does not take long.
fn messages() -> usize {
    std::env::var("PLAUDER_TEST_MESSAGES").map_or(500, |number| number.parse().unwrap())
}
