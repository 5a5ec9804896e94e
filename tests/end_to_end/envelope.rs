//! What is around every answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::people::Room;
use crate::server::Server;
use crate::stories;

stories! {
    fn json_and_xml_v1_and_v2(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_public("Tea & <cake>");
        let xml = |person: &crate::people::Person<'_>, path: &str| {
            let answer = person.clone().showing("accept", "").get(path);
            assert_eq!(answer.header("content-type"), "application/xml; charset=utf-8");
            (answer.status, answer.body)
        };
        let (status, body) = xml(&alice, &room.path(""));
        assert_eq!(status, 200);
        assert!(body.contains("<name>Tea &amp; &lt;cake&gt;</name>"), "{body}");
        assert!(xml(&app.nobody(), "/v2/room").1.contains("<statuscode>997</statuscode>"));
        let as_json = alice.clone().showing("accept", "").get(&format!("{}?format=json", room.path("")));
        assert_eq!(as_json.header("content-type"), "application/json; charset=utf-8");

        let v1 = |path: &str| alice.get(&format!("/ocs/v1.php/apps/spreed/api{path}")).json()["ocs"]["meta"].clone();
        let meta = |status: &str, code: u16, message: Value| {
            json!({ "status": status, "statuscode": code, "message": message, "totalitems": "", "itemsperpage": "" })
        };
        assert_eq!(v1(&room.path("")), meta("ok", 100, json!("OK")));
        assert_eq!(v1("/v2/room/unknown8")["statuscode"], 404);
        let anonymous = app.nobody().get("/ocs/v1.php/apps/spreed/api/v2/room");
        assert_eq!(anonymous.status, 401);
        assert_eq!(anonymous.json()["ocs"]["meta"], meta("failure", 997, json!("Current user is not logged in")));
    }

    fn what_is_refused_before_it_reaches_a_conversation(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_public("Room");
        let without_header = |person: crate::people::Person<'_>, path: &str| person.showing("ocs-apirequest", "").get(path);
        let cross_site = without_header(alice.clone(), &room.path(""));
        assert_eq!((cross_site.status, cross_site.json()), (412, json!({ "message": "CSRF check failed" })));
        assert_eq!(without_header(app.nobody(), &room.path("")).status, 412);
        without_header(app.nobody(), "/v2/room").is_refused(401);
        assert_eq!(without_header(app.nobody(), "/status.php").status, 200);

        alice.get("/v9/room").is_refused(404);
        alice.get("/ocs/v2.php/apps/nosuchapp/thing").is_refused(404);
        let wrong_method = alice.sends("PATCH", &room.path(""), &[]);
        wrong_method.is_refused(405);
        alice.put(&room.path(""), &[("roomName", &"x".repeat(1 << 20))]).is_refused(413);
        assert_eq!(alice.sees(&room)["name"], "Room");
    }

    fn accounts_of_any_name_are_well_formed_in_xml(app: Server) {
        let odd = "1 o'dd.n@me-_x";
        let fields = [("userid", odd), ("password", "Kuchen-fuer-alle"), ("displayName", "<&\u{7f}]]>")];
        app.admin().post("/cloud/users", &fields).is_refused(400);
        let fields = [("userid", odd), ("password", "Kuchen-fuer-alle"), ("displayName", "<&]]> \"é\"")];
        app.admin().post("/cloud/users", &fields).is_ok();
        let alice = app.user("alice");
        let room = alice.creates_group("Room");
        alice.adds(&room, odd).is_ok();
        let seen = alice.get(&format!("/v1/room/{}", room.0)).is_ok();
        assert_eq!(seen["participants"][odd]["name"], "<&]]> \"é\"");
        let xml = alice.clone().showing("accept", "").get(&format!("/v1/room/{}", room.0)).body;
        let document = roxmltree::Document::parse(&xml).unwrap();
        let participants = document.descendants().find(|node| node.has_tag_name("participants")).unwrap();
        let names: Vec<_> = participants.children().filter(roxmltree::Node::is_element).map(|n| n.tag_name().name()).collect();
        assert_eq!(names, ["alice", "_x0031__x0020_o_x0027_dd.n_x0040_me-_x005F_x"]);
    }
}

#[test]
fn a_list_is_one_transaction_of_as_many_statements_however_long_it_is() {
    let app = Server::with_environment(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")]);
    let alice = app.user("alice");
    app.user("bob");
    let counted = |name: &str| -> u64 {
        let metrics = app.metrics();
        let line =
            metrics.lines().find_map(|line| line.strip_prefix(&format!("plauder_store_{name}_total ")));
        line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
    };
    // The server looks after itself now and then, which costs statements too: the least of several is the list's own.
    let cost_of_a_list = |path: &str, length: usize| {
        let costs = (0..5).map(|_| {
            let before = (counted("transactions"), counted("statements"));
            assert_eq!(alice.get(path).is_ok().as_array().unwrap().len(), length);
            (counted("transactions") - before.0, counted("statements") - before.1)
        });
        costs.min().unwrap()
    };
    // Who is calling, the settings; in v1 the conversations, the names of nameless ones and the members, in v2 the state
    // of all names, and the statement that tells which conversations have changed.
    assert_eq!((cost_of_a_list("/v1/room", 0), cost_of_a_list("/v2/room", 0)), ((1, 5), (1, 4)));
    alice.talks_to("bob");
    for number in 0..99 {
        let room =
            if number % 2 == 0 { alice.creates_group("Group") } else { alice.creates_public("Public") };
        alice.adds(&room, "bob").is_ok();
    }
    assert_eq!((cost_of_a_list("/v1/room", 100), cost_of_a_list("/v2/room", 100)), ((1, 5), (1, 4)));
    // What changed is read, and nothing else.
    let room = Room::new(&alice.lists()[50]);
    let costs = (0..5).map(|number| {
        alice.says(&room, &format!("Text {number}")).is(201);
        let before = counted("statements");
        let listed = alice.lists();
        let changed = listed.iter().find(|listed| listed["token"] == room.0.as_str()).unwrap();
        assert_eq!(changed["lastMessage"]["message"], format!("Text {number}"));
        counted("statements") - before
    });
    assert_eq!(costs.min().unwrap(), 5);
}

#[test]
fn clients_find_out_what_kind_of_server_this_is() {
    let app = Server::on_sqlite();
    let status = app.nobody().showing("ocs-apirequest", "").get("/status.php").json();
    assert_eq!(status["productname"], "Plauder");
    assert_eq!(status["installed"], true);
    let capabilities = app.nobody().get("/cloud/capabilities").is_ok();
    assert_eq!(capabilities["version"]["string"], status["versionstring"]);
    let features = capabilities["capabilities"]["spreed"]["features"].as_array().unwrap();
    for works in ["chat-v2", "conversation-v2", "favorites", "in-call-flags", "no-ping", "webinary-lobby"] {
        assert!(features.contains(&json!(works)), "{works} works and is not named");
    }
    for not_yet in ["conversation-v4", "circles-support", "delete-messages", "signaling-v3"] {
        assert!(!features.contains(&json!(not_yet)), "{not_yet} is named and does not work");
    }
    let talk = &capabilities["capabilities"]["spreed"];
    assert_eq!(talk["version"], "10.0.0");
    assert_eq!(talk["config"]["attachments"]["allowed"], false);
    assert_eq!(talk["config"]["call"]["enabled"], true);
    assert_eq!(talk["config"]["chat"]["max-length"], 32_000);
}

#[test]
fn the_openapi_documents_are_served() {
    let app = Server::on_sqlite();
    for version in plauder_server::api::openapi::versions() {
        let url = format!("{}/openapi/v{version}.json", app.base);
        let mut answer = ureq::get(url).call().unwrap();
        let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(media_type, "application/json; charset=utf-8");
        assert_eq!(answer.body_mut().read_to_string().unwrap(), plauder_server::api::openapi::text(version));
    }
    assert_eq!(app.nobody().get("/openapi/v9.json").status, 404);
}

#[test]
fn answers_are_compressed_for_who_asks() {
    let app = Server::on_sqlite();
    let alice = app.user("alice");
    for number in 0..20 {
        alice.creates_group(&format!("Room {number}"));
    }
    let head = |encoding: &str| {
        // The client would unpack it by itself, and take the header away that tells of it.
        let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
        let authorization = alice.authorization();
        write!(
            stream,
            "GET /ocs/v2.php/apps/spreed/api/v2/room HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             ocs-apirequest: true\r\nauthorization: {authorization}\r\naccept-encoding: {encoding}\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        (String::from_utf8_lossy(&answer).split("\r\n\r\n").next().unwrap().to_owned(), answer.len())
    };
    let (packed, plain) = (head("gzip"), head("identity"));
    assert!(
        packed.0.contains("content-encoding: gzip") && !plain.0.contains("content-encoding"),
        "{}",
        packed.0
    );
    assert!(packed.1 * 3 < plain.1, "{} and {} bytes", packed.1, plain.1);
    assert_eq!(alice.lists().len(), 20, "and the client can unpack it");
}

#[test]
fn a_long_body_of_unknown_length_is_read_too() {
    let app = Server::on_sqlite();
    let alice = app.user("alice");
    let room = alice.creates_group("Room");
    let text = "ü".repeat(32_000);
    let whole = format!("message={}", "%C3%BC".repeat(32_000));
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /ocs/v2.php/apps/spreed/api/v1/chat/{} HTTP/1.1\r\nhost: x\r\nocs-apirequest: true\r\n\
         authorization: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        room.0,
        alice.authorization()
    )
    .unwrap();
    for part in whole.as_bytes().chunks(50_000) {
        write!(stream, "{:x}\r\n", part.len()).unwrap();
        stream.write_all(part).unwrap();
        write!(stream, "\r\n").unwrap();
    }
    write!(stream, "0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{}", &answer[..200.min(answer.len())]);
    assert_eq!(alice.sees(&room)["lastMessage"]["message"], text.as_str());
}

#[test]
fn a_refused_request_keeps_its_connection_though_its_body_came_later() {
    let app = Server::on_sqlite();
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    let bodies = [
        ("content-length: 10", "roomType=2"),
        ("transfer-encoding: chunked", "a\r\nroomType=2\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "0\r\n\r\n"),
    ];
    for (how, body) in bodies.into_iter().cycle().take(30) {
        write!(
            stream,
            "POST /ocs/v2.php/apps/spreed/api/v2/room HTTP/1.1\r\nhost: x\r\nocs-apirequest: true\r\n\
             content-type: application/x-www-form-urlencoded\r\n{how}\r\n\r\n"
        )
        .unwrap();
        // Others use the server meanwhile; a refusal that needs no body has had the time to be sent.
        app.nobody().get("/status.php").is(200);
        write!(stream, "{body}").unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        let head = String::from_utf8_lossy(&answer[..read]).to_lowercase();
        assert!(head.starts_with("http/1.1 401") && !head.contains("connection: close"), "{head}");
    }
}
