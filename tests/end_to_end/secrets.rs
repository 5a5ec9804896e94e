//! Secrets are in no log, and in no file as they are.

use crate::nats::Nats;
use crate::people::Person;
use crate::server::{ADMIN_PASSWORD, Server};
use crate::waiting::two_nodes;

#[test]
fn nothing_secret_is_logged_or_kept() {
    let app = Server::with_environment(&[("PLAUDER_LOG_LEVEL", "trace")]);
    let alice = app.user("alice");
    let room = alice.creates_public("Locked door");
    alice.put(&room.path("password"), &[("password", "Sesame-open-42")]).is_ok();
    let app_password = alice.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
    let cookie = alice.get("/cloud/user").header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    app.nobody().showing("cookie", format!("plauder_session={cookie}")).get(&room.path("")).is_ok();
    Person::new(&app, "alice", &app_password).get(&room.path("")).is_ok();
    Person::new(&app, "alice", "Wrong-but-telling").get(&room.path("")).is_refused(401);

    let secrets =
        [ADMIN_PASSWORD, "alice-likes-cake", "Sesame-open-42", &app_password, &cookie, "Wrong-but-telling"];
    let log = app.log();
    assert!(log.contains("answered"), "{log}");
    for secret in secrets.iter().chain([&room.0.as_str()]) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for entry in std::fs::read_dir(app.folder.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        let stored = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for secret in secrets {
            assert!(!stored.contains(secret), "{secret} is in {}", path.display());
        }
    }
}

#[test]
fn the_password_of_nats_is_used_and_not_shown() {
    let nats = Nats::with_password();
    // Returns when both have signed in there.
    let (here, there) = two_nodes(&nats);
    let shown = String::from_utf8(here.runs(&["config", "show"]).stdout).unwrap();
    assert!(shown.contains("url = \"nats://127.0.0.1:"), "{shown}");
    for said in [shown, here.log(), there.log()] {
        assert!(!said.contains("hush"), "{said}");
    }
}
