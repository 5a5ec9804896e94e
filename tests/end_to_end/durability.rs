//! What was answered is there, and whole, whatever happens to the process.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::people::Room;
use crate::server::{Server, signal};

fn killed_while_64_create(mut app: Server) {
    let answered = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    let alice = app.user("alice");
    app.user("bob");
    app.group("team", &["alice", "bob"]);
    let address = app.base.trim_start_matches("http://").to_owned();
    let process = app.process_id();
    std::thread::scope(|scope| {
        for worker in 0..64 {
            let (alice, answered, count, address) = (alice.clone(), &answered, &count, &address);
            scope.spawn(move || {
                for number in 0.. {
                    // Each makes, beside the conversation, a second seat and two messages.
                    let name = format!("{worker}-{number}");
                    let Some(token) = creates(address, &alice, &name) else { break };
                    answered.lock().unwrap().push(token);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        scope.spawn(|| {
            while count.load(Ordering::SeqCst) < 300 {
                std::thread::yield_now();
            }
            signal(process, "KILL");
        });
    });
    app.dies_and_comes_back();

    let alice = crate::people::Person::new(&app, "alice", "alice-likes-cake");
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() >= 300);
    let there: HashSet<String> = alice.lists().iter().map(|seen| Room::new(seen).0).collect();
    let lost: Vec<_> = answered.iter().filter(|token| !there.contains(*token)).collect();
    assert!(lost.is_empty(), "{} of {} that were answered are lost", lost.len(), answered.len());
    for seen in alice.get("/v1/room").is_ok().as_array().unwrap() {
        assert_eq!(seen["lastMessage"]["systemMessage"], "user_added", "half of it is there: {seen}");
        assert_eq!(seen["participants"].as_object().unwrap().len(), 2, "half of it is there: {seen}");
    }
}

/// Makes a conversation of the group `team` without the help of a client library, which would try again. `None` when
/// the server is gone.
fn creates(address: &str, alice: &crate::people::Person<'_>, name: &str) -> Option<String> {
    use std::io::{Read as _, Write as _};
    let body = format!("roomType=2&invite=team&roomName={name}");
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    write!(
        stream,
        "POST /ocs/v2.php/apps/spreed/api/v2/room?format=json HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         ocs-apirequest: true\r\nauthorization: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        alice.authorization(),
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    assert!(head.starts_with("HTTP/1.1 201"), "{answer}");
    let json: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(json["ocs"]["data"]["token"].as_str()?.to_owned())
}

#[test]
fn killed_while_64_create_on_sqlite() {
    killed_while_64_create(Server::on_sqlite());
}

#[test]
fn killed_while_64_create_on_postgresql() {
    killed_while_64_create(Server::on_postgresql());
}
