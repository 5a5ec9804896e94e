//! Requests in all the forms that clients, proxies and browsers give them, and in forms that nobody should.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use crate::people::{Person, basic_of_bytes};
use crate::server::Server;
use crate::stories;

stories! {
    fn names_and_messages_that_nobody_can_see_are_empty(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_group("seen");
        for (name, expected) in [
            ("\u{7}", None),
            ("\u{200b}", None),
            ("\u{2060}\u{200d}", None),
            ("\u{feff}", None),
            ("a\u{1b}[2Jb", Some("a[2Jb")),
            ("a\nb", Some("ab")),
            ("a\u{202e}b", Some("ab")),
        ] {
            alice.renames(&room, "seen").is_ok();
            assert_eq!(alice.renames(&room, name).status, if expected.is_some() { 200 } else { 400 }, "{name:?}");
            assert_eq!(alice.sees(&room)["name"], expected.unwrap_or("seen"), "{name:?}");
        }
        alice.says(&room, "\u{200b}").is_refused(400);
        let fields = [("userid", "nobody"), ("password", "Kuchen-fuer-alle"), ("displayName", "\u{200b}")];
        app.admin().post("/cloud/users", &fields).is_refused(400);
        app.admin().post("/cloud/groups", &[("groupid", "\u{200b}")]).is_refused(400);
    }

    fn bodies_come_in_every_form(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_group("Room");
        let chat = format!("/v1/chat/{}", room.0);
        let part = "--B\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nGrüße\r\n--B--\r\n";
        let sent = alice.sends_body("POST", &chat, "multipart/form-data; boundary=B", part.as_bytes());
        assert_eq!(sent.is(201)["message"], "Grüße");
        let sent = alice.sends_body("POST", &chat, "application/json", br#"{"message":42,"replyTo":-1}"#);
        assert_eq!(sent.is(201)["message"], "42");
        for body in ["[]", "null", ""] {
            for path in [room.path("participants/active"), format!("/v1/call/{}", room.0), format!("{chat}/read")] {
                let answer = alice.sends_body("POST", &path, "application/json", body.as_bytes());
                assert_eq!(answer.status, 200, "{path} with {body:?}: {}", answer.body);
            }
        }
        let refused = alice.sends_body("POST", &chat, "application/x-www-form-urlencoded", b"message=%ff");
        assert_eq!(refused.is_refused(400), "message has to be text in UTF-8");
        let refused = alice.get(&format!("{chat}/mentions?search={}", "x".repeat(256)));
        assert_eq!(refused.is_refused(400), "search must not have more than 255 characters");
    }

    fn a_negative_last_known_message_is_none(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_group("Room");
        let ids: Vec<_> = (0..3).map(|n| alice.says(&room, &format!("m{n}")).is(201)["id"].clone()).collect();
        let ask = |query: &str| alice.get(&format!("/v1/chat/{}?lastKnownMessageId=-1&{query}", room.0)).is_ok();
        let history = ask("lookIntoFuture=0&limit=2");
        assert_eq!(json!([history[0]["id"], history[1]["id"]]), json!([ids[2], ids[1]]));
        assert!(!ask("lookIntoFuture=1&timeout=0").as_array().unwrap().is_empty());
    }

    fn passwords_come_in_other_encodings(app: Server) {
        let password = "Grüße-aus-Köln";
        app.admin().post("/cloud/users", &[("userid", "juergen"), ("password", password)]).is_ok();
        let latin_1: Vec<u8> = password.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let url_encoded = b"Gr%C3%BC%C3%9Fe-aus-K%C3%B6ln";
        for (secret, status) in
            [(password.as_bytes(), 200), (&latin_1, 200), (url_encoded, 200), (b"Gr%C3%BC%C3%9Fe-aus-Koeln", 401)]
        {
            let credentials = [b"juergen:", secret].concat();
            let juergen = app.nobody().showing("authorization", basic_of_bytes(&credentials));
            assert_eq!(juergen.get("/cloud/user").status, status, "{}", String::from_utf8_lossy(secret));
        }
    }
}

#[test]
fn paths_in_other_forms_are_the_same() {
    let app = Server::on_sqlite();
    let alice = app.user("alice");
    let room = alice.creates_group("Room");
    for path in [
        format!("/ocs/v2.php/apps/spreed/api/v1//chat/{}?lookIntoFuture=0", room.0),
        "//ocs/v2.php/apps/spreed/api/v2/room".to_owned(),
        "/ocs/v2.php//apps/spreed/api/v2/room".to_owned(),
        "/index.php/ocs/v2.php/apps/spreed/api/v2/room".to_owned(),
        "//status.php".to_owned(),
        format!("/index.php/call/{}", room.0),
        "/index.php".to_owned(),
    ] {
        assert_eq!(raw(&alice, "GET", &path, &[], b"").0, 200, "{path}");
    }
    let cgi = alice.clone().showing("ocs-apirequest", "").showing("ocs_apirequest", "true");
    cgi.get("/v2/room").is_ok();
}

#[test]
fn every_answer_says_how_it_is_to_be_kept() {
    let app = Server::with_environment(&[("PLAUDER_METRICS_LISTEN", "127.0.0.1:0")]);
    let alice = app.user("alice");
    for (path, cache_control) in [
        ("/v2/room", "no-store"),
        ("/v2/room/unknown8", "no-store"),
        ("/status.php", "no-store"),
        ("/", "no-store"),
        ("/nowhere", "no-store"),
        ("/apps/notifications/api/v2/notifications", "private, no-cache"),
    ] {
        let answer = alice.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), cache_control, "{path}");
    }
    assert!(app.metrics().contains("plauder_connections "));
}

#[test]
fn a_browser_gets_a_page_and_a_client_the_envelope() {
    let app = Server::on_sqlite();
    let browser = app.nobody().showing("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let page = browser.get("/nowhere");
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.body.contains("Page not found") && !page.body.contains("<script"), "{}", page.body);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(browser.sends("POST", "/status.php", &[]).status, 405);
    app.nobody().get("/nowhere").is_refused(404);
    let in_the_api = browser.get("/ocs/v2.php/nowhere?format=json");
    in_the_api.is_refused(404);
}

/// Sends a request as it is written, whatever it is; gives the status and the answer.
pub(crate) fn raw(
    person: &Person<'_>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, String) {
    let mut stream = TcpStream::connect(person.base().trim_start_matches("http://")).unwrap();
    let length = body.len();
    let mut request = Vec::new();
    write!(request, "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nocs-apirequest: true\r\n")
        .unwrap();
    if !person.authorization().is_empty() {
        write!(request, "authorization: {}\r\n", person.authorization()).unwrap();
    }
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    write!(request, "content-length: {length}\r\n\r\n").unwrap();
    request.extend_from_slice(body);
    stream.write_all(&request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{answer}")), answer)
}
