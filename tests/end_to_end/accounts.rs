//! Accounts: who signs in with what, and what administrators do.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::people::{Person, basic};
use crate::server::{Server, until_somebody_waits_for};
use crate::stories;

stories! {
    fn administrators_make_change_and_remove_accounts(app: Server) {
        let (admin, erik) = (app.admin(), app.user("erik"));
        app.group("crew", &[]);
        let hanna = [("userid", "hanna"), ("password", "Kuchen-fuer-alle"), ("displayName", "Hanna Holm"),
                     ("email", "Hanna@example.org"), ("groups[]", "crew")];
        erik.post("/cloud/users", &hanna).is_refused(403);
        assert_eq!(admin.post("/cloud/users", &hanna).is_ok(), json!({ "id": "hanna" }));
        let code = |answer: &crate::people::Answer| answer.json()["ocs"]["meta"]["statuscode"].clone();
        let again = admin.post("/cloud/users", &hanna);
        assert_eq!((again.status, code(&again)), (400, json!(102)));
        let v1 = admin.post("/ocs/v1.php/cloud/users", &hanna);
        assert_eq!((v1.status, code(&v1)), (200, json!(102)));
        for (fields, expected) in [
            (vec![("userid", "bad/name"), ("password", "Kuchen-fuer-alle")], 101),
            (vec![("userid", "gustav"), ("password", "kurz")], 101),
            (vec![("userid", "gustav")], 108),
            (vec![("userid", "gustav"), ("password", "Kuchen-fuer-alle"), ("groups[]", "ghosts")], 104),
        ] {
            assert_eq!(code(&admin.post("/cloud/users", &fields)), json!(expected), "{fields:?}");
        }
        admin.post("/cloud/users", &[("password", "Kuchen-fuer-alle")]).is_refused(400);
        assert_eq!(admin.get("/cloud/users?search=gustav").is_ok(), json!({ "users": [] }));
        assert_eq!(admin.get("/cloud/users?search=HOLM").is_ok(), json!({ "users": ["hanna"] }));
        assert_eq!(admin.get("/cloud/groups/crew").is_ok(), json!({ "users": ["hanna"] }));

        let own = Person::new(app, "Hanna", "Kuchen-fuer-alle");
        let me = own.get("/cloud/user").is_ok();
        assert_eq!((me["id"].clone(), me["email"].clone()), (json!("hanna"), json!("hanna@example.org")));
        assert_eq!(me["groups"], json!(["crew"]));
        own.put("/cloud/users/hanna", &[("key", "displayname"), ("value", "Hanna H.")]).is_ok();
        assert_eq!(code(&own.put("/cloud/users/hanna", &[("key", "email"), ("value", "nowhere")])), json!(101));
        assert_eq!(code(&own.put("/cloud/users/erik", &[("key", "displayname"), ("value", "X")])), json!(998));
        assert_eq!(code(&admin.put("/cloud/users/hanna", &[("key", "shoe"), ("value", "X")])), json!(113));
        assert_eq!(code(&erik.get("/cloud/users/hanna")), json!(998), "as if she were not there");
        assert_eq!(admin.get("/cloud/users/hanna").is_ok()["display-name"], "Hanna H.");

        admin.delete("/cloud/users/admin", &[]).is_refused(400);
        admin.put("/cloud/users/admin/disable", &[]).is_refused(400);
        admin.delete("/cloud/users/hanna", &[]).is_ok();
        admin.delete("/cloud/users/hanna", &[]).is_refused(404);
        own.get("/cloud/user").is_refused(401);
    }

    fn people_sign_in_with_their_address(app: Server) {
        let admin = app.admin();
        let fields = [("userid", "hanna"), ("password", "Kuchen-fuer-alle"), ("email", "hanna@example.org")];
        admin.post("/cloud/users", &fields).is_ok();
        let hanna = Person::new(app, "Hanna@Example.ORG", "Kuchen-fuer-alle");
        assert_eq!(hanna.get("/cloud/user").is_ok()["id"], "hanna");
        let secret = hanna.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
        let program = Person::new(app, "hanna@example.org", &secret);
        assert_eq!(program.get("/cloud/user").is_ok()["id"], "hanna");
        Person::new(app, "hanna@example.org", "Kuchen-fuer-keinen").get("/v2/room").is_refused(401);

        let other = [("userid", "hannes"), ("password", "Kuchen-fuer-Hannes"), ("email", "HANNA@example.org")];
        admin.post("/cloud/users", &other).is_ok();
        for ambiguous in [&hanna, &program, &Person::new(app, "hanna@example.org", "Kuchen-fuer-Hannes")] {
            ambiguous.get("/cloud/user").is_refused(401);
        }
        admin.put("/cloud/users/hannes/disable", &[]).is_ok();
        assert_eq!(hanna.get("/cloud/user").is_ok()["id"], "hanna");
        admin.put("/cloud/users/hanna", &[("key", "email"), ("value", "")]).is_ok();
        hanna.get("/cloud/user").is_refused(401);
        Person::new(app, "hanna", "Kuchen-fuer-alle").get("/cloud/user").is_ok();
    }

    fn a_slash_in_the_id_of_a_group_is_percent_encoded_in_paths(app: Server) {
        let (admin, erik) = (app.admin(), app.user("erik"));
        admin.post("/cloud/groups", &[("groupid", "crew/north"), ("displayname", "North")]).is_ok();
        admin.post("/cloud/users/erik/groups", &[("groupid", "crew/north")]).is_ok();
        assert_eq!(erik.get("/cloud/users/erik/groups").is_ok(), json!({ "groups": ["crew/north"] }));
        for path in ["/cloud/groups/crew%2Fnorth", "/cloud/groups/crew%2fnorth/users"] {
            assert_eq!(admin.get(path).is_ok(), json!({ "users": ["erik"] }), "{path}");
        }
        admin.put("/cloud/groups/crew%2Fnorth", &[("key", "displayname"), ("value", "N")]).is_ok();
        let invite = [("roomType", "2"), ("invite", "crew/north"), ("source", "groups")];
        assert_eq!(admin.post("/v2/room", &invite).is(201)["name"], "N");
        assert_eq!(erik.lists().len(), 1);
        admin.delete("/cloud/users/erik/groups", &[("groupid", "crew/north")]).is_ok();
        admin.delete("/cloud/groups/crew%2Fnorth", &[]).is_ok();
        admin.get("/cloud/groups/crew%2Fnorth").is_refused(404);
    }

    fn changes_of_an_account_end_what_was_remembered_at_once(app: Server) {
        let (admin, erik) = (app.admin(), app.user("erik"));
        erik.get("/v2/room").is_ok();
        admin.put("/cloud/users/erik", &[("key", "password"), ("value", "Another-cake-8")]).is_ok();
        erik.get("/v2/room").is_refused(401);
        let erik = Person::new(app, "erik", "Another-cake-8");
        erik.get("/v2/room").is_ok();
        admin.put("/cloud/users/erik/disable", &[]).is_ok();
        erik.get("/v2/room").is_refused(401);
        admin.put("/cloud/users/erik/enable", &[]).is_ok();
        erik.get("/v2/room").is_ok();
    }

    fn programs_sign_in_with_app_passwords(app: Server) {
        let (erik, frida) = (app.user("erik"), app.user("frida"));
        let secret = erik.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
        assert_eq!(secret.len(), 72);
        let program = Person::new(app, "erik", &secret);
        let bearer = |secret: &str| app.nobody().showing("authorization", format!("Bearer {secret}"));
        for with_it in [&program, &bearer(&secret)] {
            assert_eq!(with_it.get("/cloud/user").is_ok()["id"], "erik");
            with_it.get("/core/getapppassword").is_refused(403);
        }
        Person::new(app, "frida", &secret).get("/v2/room").is_refused(401);
        bearer("nonsense").get("/v2/room").is_refused(401);

        let newer = program.post("/core/apppassword/rotate", &[]).is_ok()["apppassword"].as_str().unwrap().to_owned();
        program.get("/v2/room").is_refused(401);
        bearer(&newer).delete("/core/apppassword", &[]).is_ok();
        bearer(&newer).get("/v2/room").is_refused(401);
        frida.delete("/core/apppassword", &[]).is_refused(403);
    }

    fn a_cookie_stands_for_who_got_it(app: Server) {
        let erik = app.user("erik");
        let cookie = |answer: &crate::people::Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let first = erik.get("/cloud/user");
        let said = first.header("set-cookie");
        assert!(said.contains("HttpOnly") && said.contains("SameSite=Lax") && !said.contains("Secure"), "{said}");
        let with_cookie = app.nobody().showing("cookie", cookie(&first));
        assert_eq!(with_cookie.get("/cloud/user").is_ok()["id"], "erik");
        with_cookie.get("/v2/room").is_ok();
        assert_eq!(with_cookie.clone().showing("ocs-apirequest", "").get("/v2/room").status, 412);
        assert_eq!(erik.clone().showing("cookie", cookie(&first)).get("/cloud/user").header("set-cookie"), "");
        app.nobody().showing("cookie", "plauder_session=nonsense").get("/v2/room").is_refused(401);

        app.admin().put("/cloud/users/erik", &[("key", "password"), ("value", "Another-cake-8")]).is_ok();
        with_cookie.get("/v2/room").is_refused(401);
    }

    fn a_cookie_becomes_no_secret_that_outlives_it(app: Server) {
        let erik = app.user("erik");
        let cookie_of = |answer: &crate::people::Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let secret = erik.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
        let program = Person::new(app, "erik", &secret);
        let by_password = app.nobody().showing("cookie", cookie_of(&erik.get("/cloud/user")));
        let by_program = app.nobody().showing("cookie", cookie_of(&program.get("/cloud/user")));
        by_password.get("/core/getapppassword").is_refused(403);
        by_program.get("/core/getapppassword").is_refused(403);
        by_program.post("/core/apppassword/rotate", &[]).is_refused(403);
        for other in [&by_password, &by_program, &program] {
            other.put("/cloud/users/erik", &[("key", "password"), ("value", "Stolen-cake-8")]).is_refused(403);
        }
        program.post("/core/apppassword/rotate", &[]).is_ok();
        by_program.get("/v2/room").is_refused(401);
        by_password.get("/v2/room").is_ok();
        erik.put("/cloud/users/erik", &[("key", "password"), ("value", "Fresh-cake-8")]).is_ok();
        by_password.get("/v2/room").is_refused(401);
    }

    fn who_is_calling_comes_before_what_they_send(app: Server) {
        let wrong = app.nobody().showing("authorization", "Bearer nonsense");
        let old_cookie = app.nobody().showing("cookie", "plauder_session=nonsense");
        for nobody in [wrong, old_cookie] {
            nobody.post("/v2/room", &[]).is_refused(401);
            nobody.post("/v2/room", &[("roomType", "abc")]).is_refused(401);
            nobody.post("/v2/room", &[("roomName", &"x".repeat(1 << 20))]).is_refused(401);
            nobody.get("/cloud/users?limit=abc").is_refused(401);
        }
        app.user("erik").get("/cloud/users?limit=abc").is_refused(403);
        assert!(app.admin().get("/cloud/users?limit=abc").is_refused(400).contains("limit"));
        app.admin().get(&format!("/cloud/users?search={}", "x".repeat(60_000))).is_refused(400);
    }

    fn wrong_credentials_are_wrong_everywhere(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_public("Open house");
        Person::new(app, "a\0b", "pw").get(&room.path("")).is_refused(401);
        Person::new(app, &"x".repeat(5_000), "pw").get(&room.path("")).is_refused(401);
        let wrong = Person::new(app, "nobody", "wrong-password");
        for path in ["/v2/room", &room.path(""), "/cloud/capabilities"] {
            wrong.get(path).is_refused(401);
        }
        app.nobody().showing("authorization", "Basic ***").get(&room.path("")).is_refused(401);
        app.nobody().get(&room.path("")).is_ok();
    }
}

#[test]
fn wrong_passwords_take_longer_and_longer() {
    let app = Server::on_sqlite();
    app.user("alice");
    let tries = |password: &str| {
        let began = Instant::now();
        let answer = Person::new(&app, "alice", password).get("/v2/room");
        (answer.status, began.elapsed().as_millis())
    };
    let waits: Vec<u128> = (0..4)
        .map(|number| {
            let (status, took) = tries(&format!("wrong-{number}"));
            assert_eq!(status, 401);
            took
        })
        .collect();
    for (took, least) in waits.iter().zip([100, 200, 400, 800]) {
        assert!(*took >= least, "{waits:?}");
    }
    assert_eq!(tries("alice-likes-cake").0, 200);
}

#[test]
fn hanging_up_does_not_go_around_the_counting() {
    let app = Server::on_sqlite();
    app.user("alice");
    let address = app.base.trim_start_matches("http://");
    for _ in 0..30 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let authorization = basic("alice", "wrong-password");
        write!(
            stream,
            "GET /ocs/v2.php/cloud/user HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n\r\n"
        )
        .unwrap();
        stream.flush().unwrap();
        // Read nothing, stay a moment, hang up.
        stream.set_read_timeout(Some(Duration::from_millis(60))).unwrap();
        let _ = stream.read(&mut [0; 1]);
    }
    // The next one waits for as long as it does because of those, or is not even tried.
    let began = Instant::now();
    let next = Person::new(&app, "alice", "another-wrong-one").get("/v2/room");
    assert!(
        next.status == 429 || began.elapsed().as_millis() > 1_600,
        "{} {:?}",
        next.status,
        began.elapsed()
    );
    while Person::new(&app, "alice", "another-wrong-one").get("/v2/room").status != 429 {}
    let refused = Person::new(&app, "alice", "alice-likes-cake").get("/v2/room");
    refused.is_refused(429);
    assert!(refused.header("retry-after").parse::<i64>().unwrap() > 800);
    app.admin().get("/v2/room").is_ok();
    // Another name of the account gains nothing.
    let address = [("key", "email"), ("value", "alice@example.org")];
    app.admin().put("/cloud/users/alice", &address).is_ok();
    Person::new(&app, "alice@example.org", "alice-likes-cake").get("/v2/room").is_refused(429);
}

#[test]
fn many_who_try_many_accounts_at_once_are_shut_out() {
    let app = Server::on_sqlite();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..150)
            .map(|number| {
                let app = &app;
                scope.spawn(move || {
                    Person::new(app, &format!("user{number}"), "wrong-password").get("/v2/room").status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let tried = statuses.iter().filter(|status| **status == 401).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((tried, refused), (100, 50));
}

#[test]
fn many_change_one_account_at_once() {
    for app in [Server::on_sqlite(), Server::on_postgresql()] {
        let alice = app.user("alice");
        alice.get("/v2/room").is_ok();
        let began = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..16 {
                let (alice, admin) = (alice.clone(), app.admin());
                scope.spawn(move || {
                    let name = format!("Alice {number}");
                    let changer = if number % 2 == 0 { alice } else { admin };
                    changer.put("/cloud/users/alice", &[("key", "displayname"), ("value", &name)]).is_ok();
                });
            }
        });
        assert!(began.elapsed() < Duration::from_secs(5), "{:?} on {}", began.elapsed(), app.database);
    }
}

#[test]
fn a_password_that_is_being_changed_is_worth_nothing_any_more() {
    let app = Server::on_postgresql();
    let alice = app.user("alice");
    alice.get("/v2/room").is_ok();
    let mut changer = postgres::Client::connect(&app.database, postgres::NoTls).unwrap();
    let mut change = changer.transaction().unwrap();
    change.execute("UPDATE accounts SET password_hash = 'another' WHERE user_key = 'alice'", &[]).unwrap();
    change.execute("DELETE FROM web_sessions", &[]).unwrap();
    std::thread::scope(|scope| {
        let signing_in = scope.spawn(|| alice.get("/cloud/user").status);
        // It waits for the change rather than going by what was before.
        until_somebody_waits_for(&mut change);
        assert!(!signing_in.is_finished());
        change.commit().unwrap();
        assert_eq!(signing_in.join().unwrap(), 401);
    });
    let cookies = changer.query_one("SELECT COUNT(*) FROM web_sessions", &[]).unwrap();
    assert_eq!(cookies.get::<_, i64>(0), 0);
}

#[test]
fn behind_a_trusted_proxy_the_client_counts_and_cookies_are_secure() {
    let app = Server::with_environment(&[("PLAUDER_SERVER_TRUSTED_PROXIES", "127.0.0.0/8")]);
    app.user("alice");
    let from = |client: &str| {
        app.nobody()
            .showing("x-forwarded-for", client)
            .showing("x-forwarded-proto", "https")
            .showing("authorization", basic("alice", "alice-likes-cake"))
    };
    assert!(from("192.0.2.1").get("/cloud/user").header("set-cookie").contains("Secure"));
    from("192.0.2.1").showing("authorization", basic("alice", "wrong")).get("/v2/room").is_refused(401);
    assert!(app.log().contains("192.0.2.1"), "{}", app.log());
}
