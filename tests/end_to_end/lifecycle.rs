//! Starting, being watched, and stopping.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use crate::people::Person;
use crate::server::{Server, command, until_somebody_waits_for};

#[test]
fn the_first_start_says_what_to_do_next() {
    let app = Server::on_sqlite();
    assert!(app.greeting.contains("Made the first administrator: admin"), "{}", app.greeting);
    assert!(
        !app.greeting.contains(crate::server::ADMIN_PASSWORD),
        "a password that was given is not repeated"
    );
    assert!(app.greeting.contains(&format!("'{}/ocs/v2.php/apps/spreed/api/v2/room?format=json'", app.base)));
    app.admin().get("/v2/room").is_ok();
}

#[test]
fn a_password_that_was_not_given_is_made_up_and_told_once() {
    let mut app =
        Server::with_environment(&[("PLAUDER_ADMIN_PASSWORD", ""), ("PLAUDER_ADMIN_USER", "chief")]);
    let created = app.greeting.lines().next().unwrap();
    let password =
        created.strip_prefix("Made the first administrator: chief with the password ").unwrap().to_owned();
    assert!(app.greeting.contains(&format!("curl -u 'chief:{password}'")), "{}", app.greeting);
    assert!(!app.log().contains(&password), "told, not logged");
    app.dies_and_comes_back();
    assert!(!app.greeting.contains(&password), "{}", app.greeting);
    Person::new(&app, "chief", &password).get("/cloud/users").is_ok();
}

#[test]
fn a_password_is_not_made_up_for_nothing() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("new.db").display());
    let address = taken.local_addr().unwrap().to_string();
    let failed = command(folder.path(), &database, &[]).args(["--listen", &address]).output().unwrap();
    assert!(String::from_utf8(failed.stderr).unwrap().contains("cannot listen"));
    let long = [("PLAUDER_PASSWORDS_MIN_LENGTH".to_owned(), "30".to_owned())];
    let mut child = command(folder.path(), &database, &long)
        .args(["--listen", "127.0.0.1:0"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let password = greeting.trim().strip_prefix("Made the first administrator: admin with the password ");
    assert_eq!(password.map(str::len), Some(30), "{greeting}");
}

#[test]
fn told_to_stop_it_does_not_wait_for_who_waits() {
    let mut app = Server::on_sqlite();
    app.user("alice");
    for number in 0..6 {
        Person::new(&app, "alice", &format!("wrong-{number}")).get("/v2/room").is_refused(401);
    }
    // The seventh would have to wait for more than six seconds.
    let (base, process) = (app.base.clone(), app.process_id());
    let seventh = std::thread::spawn(move || {
        let authorization = crate::people::basic("alice", "wrong-7");
        let url = format!("{base}/ocs/v2.php/cloud/user");
        ureq::get(url).header("authorization", authorization).call().map(|answer| answer.status().as_u16())
    });
    while app.log().matches("a wrong password").count() < 7 {
        std::thread::yield_now();
    }
    let began = std::time::Instant::now();
    crate::server::signal(process, "TERM");
    assert!(app.ends().success());
    assert!(began.elapsed().as_secs() < 3, "{:?}", began.elapsed());
    assert!(
        matches!(seventh.join().unwrap(), Err(ureq::Error::StatusCode(401))),
        "it is answered all the same"
    );
}

#[test]
fn a_store_that_does_not_answer_does_not_keep_it_from_stopping() {
    let mut app = Server::with_store_on_postgresql(&[("PLAUDER_SERVER_SHUTDOWN_SECONDS", "1")]);
    let alice = app.user("alice");
    let room = alice.creates_group("Room");
    let mut rival = postgres::Client::connect(&app.database, postgres::NoTls).unwrap();
    let mut holding = rival.transaction().unwrap();
    holding.query("SELECT id FROM conversations FOR UPDATE", &[]).unwrap();
    let mut stream = std::net::TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /ocs/v2.php/apps/spreed/api{} HTTP/1.1\r\nhost: x\r\nocs-apirequest: true\r\nauthorization: {}\r\n\
         content-length: 0\r\n\r\n",
        room.path("favorite"),
        alice.authorization()
    )
    .unwrap();
    until_somebody_waits_for(&mut holding);
    let began = std::time::Instant::now();
    assert!(app.stops().success());
    assert!(began.elapsed().as_secs() < 9, "{:?}", began.elapsed());
}

#[test]
fn a_first_administrator_that_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("new.db").display());
    for (name, value, problem) in [
        ("PLAUDER_ADMIN_PASSWORD", "short", "at least 8 characters"),
        ("PLAUDER_ADMIN_USER", "bad/name", "admin.user"),
        (
            "PLAUDER_SERVER_LISTEN",
            "256.0.0.1:1",
            "server.listen (from PLAUDER_SERVER_LISTEN) has to be ADDRESS:PORT",
        ),
    ] {
        let output = command(folder.path(), &database, &[(name.into(), value.into())]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(problem), "{said}");
    }
}

#[test]
fn told_to_stop_it_answers_what_is_in_flight() {
    let mut app = Server::with_environment(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")]);
    let alice = app.user("alice");
    let mut stream = std::net::TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    let body = "roomType=2&roomName=In+flight";
    let head = format!(
        "POST /ocs/v2.php/apps/spreed/api/v2/room HTTP/1.1\r\nhost: x\r\nocs-apirequest: true\r\nauthorization: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        alice.authorization(),
        body.len()
    );
    // Half of the request is there when the server is told to stop.
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    while !app.metrics().contains("plauder_http_requests_in_flight 1\n") {
        std::thread::yield_now();
    }
    crate::server::signal(app.process_id(), "TERM");
    while std::net::TcpStream::connect(app.base.trim_start_matches("http://")).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(app.ends().success());
}

#[test]
fn it_can_be_watched() {
    let app = Server::with_environment(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")]);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.nobody().showing("ocs-apirequest", "").get(path).status, 200);
    }
    assert_eq!(app.nobody().get("/metrics").status, 404, "not where everybody can see it");
    app.admin().get("/v2/room").is_ok();
    let counts = app.metrics();
    for name in [
        "plauder_http_requests_total{",
        "plauder_http_request_seconds_bucket{",
        "plauder_store_commits_total",
    ] {
        assert!(counts.contains(name), "{name} is not in {counts}");
    }
    assert!(counts.contains(r#"route="/ocs/v2.php/apps/spreed/api/v2/room""#), "{counts}");
}

#[test]
fn its_caches_can_be_watched() {
    let app = Server::with_environment(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")]);
    let alice = app.user("alice");
    let room = alice.creates_group("Room");
    for _ in 0..3 {
        assert_eq!(alice.get("/v2/room").is_ok().as_array().unwrap().len(), 1);
    }
    assert_eq!(alice.waits(&room, 1_000_000, 0).status, 304);
    let metrics = app.metrics();
    let count = |name: &str, cache: &str| -> u32 {
        let line = format!("plauder_cache_{name}{{cache=\"{cache}\"}} ");
        let line = metrics.lines().find_map(|found| found.strip_prefix(&line));
        line.unwrap_or_else(|| panic!("no {name} of {cache} in {metrics}")).parse().unwrap()
    };
    assert_eq!((count("entries", "rooms"), count("hits_total", "rooms")), (1, 2));
    assert_eq!(count("misses_total", "rooms"), 1);
    assert!(count("entries", "passwords") > 0 && count("hits_total", "passwords") > 0);
    assert_eq!((count("entries", "recent_access"), count("entries", "tokens")), (1, 1));
    for cache in ["rooms", "passwords", "recent_access", "tokens", "guest_addresses"] {
        assert_eq!(count("evictions_total", cache), 0);
    }
}

#[test]
fn its_log_can_be_json_with_an_id_for_each_request() {
    for (level, is_logged) in [("debug", true), ("info", false)] {
        let app = Server::with_environment(&[("PLAUDER_LOG_FORMAT", "json"), ("PLAUDER_LOG_LEVEL", level)]);
        let answers =
            [(app.admin().get("/v2/room"), 200, is_logged), (app.nobody().get("/v2/room"), 401, true)];
        let log = app.log();
        for (answer, status, is_logged) in answers {
            let id = answer.header("x-request-id");
            assert_eq!(id.len(), 16);
            let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            let of_request = lines.filter(|line| line["span"]["id"] == *id && line["status"].is_number());
            let of_request: Vec<_> = of_request.collect();
            assert_eq!(of_request.len(), usize::from(is_logged), "{log}");
            for line in of_request {
                assert_eq!(
                    (line["message"].as_str(), line["status"].as_i64()),
                    (Some("answered"), Some(status))
                );
                assert_eq!(line["span"]["route"], "/ocs/v2.php/apps/spreed/api/v2/room");
            }
        }
    }
}

#[test]
fn one_server_at_a_time_has_an_sqlite_store() {
    let app = Server::on_sqlite();
    let second = app.runs(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another Plauder serves the store"), "{said}");
}

#[test]
fn it_comes_back_with_what_it_had() {
    let mut app = Server::on_sqlite();
    let room = app.user("alice").creates_group("Kept");
    assert!(app.stops().success());
    app.dies_and_comes_back();
    assert!(!app.greeting.contains("Made the first"), "{}", app.greeting);
    assert_eq!(Person::new(&app, "alice", "alice-likes-cake").sees(&room)["name"], "Kept");
}
