//! What waits for what on PostgreSQL. A test holds locks as a request that is running would; the server's request has
//! to wait for them, and must not hold what the running request locks next.

use crate::guests::guest;
use crate::people::Person;
use crate::server::{Server, until_somebody_waits_for};

/// Runs `running` up to the point at which `request` waits for it, and `then` in the same transaction, which must not
/// wait in turn. Returns the status that the request gets.
fn while_it_runs(app: &Server, running: &[&str], then: &str, request: impl FnOnce() -> u16 + Send) -> u16 {
    let mut client = postgres::Client::connect(&app.database, postgres::NoTls).unwrap();
    let mut transaction = client.transaction().unwrap();
    for statement in ["SET LOCAL lock_timeout = '500ms'"].iter().chain(running) {
        transaction.batch_execute(statement).unwrap();
    }
    std::thread::scope(|scope| {
        let request = scope.spawn(request);
        until_somebody_waits_for(&mut transaction);
        assert!(!request.is_finished());
        transaction.batch_execute(then).expect("the request holds no lock that the other transaction needs");
        transaction.commit().unwrap();
        request.join().unwrap()
    })
}

#[test]
fn a_replaced_app_password_is_good_for_nothing() {
    let app = Server::on_postgresql();
    let erik = app.user("erik");
    let secret = erik.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
    let program = Person::new(&app, "erik", &secret);
    let replace = [
        "SELECT 1 FROM accounts WHERE user_key = 'erik' FOR NO KEY UPDATE",
        "UPDATE app_passwords SET secret_hash = 'another ' || id",
        "DELETE FROM web_sessions",
    ];
    assert_eq!(while_it_runs(&app, &replace, "", || program.get("/cloud/user").status), 401);
    let mut reader = postgres::Client::connect(&app.database, postgres::NoTls).unwrap();
    let sessions = reader.query_one("SELECT COUNT(*) FROM web_sessions", &[]).unwrap();
    assert_eq!(sessions.get::<_, i64>(0), 0, "no cookie for the old secret");

    let secret = erik.get("/core/getapppassword").is_ok()["apppassword"].as_str().unwrap().to_owned();
    let program = Person::new(&app, "erik", &secret);
    let rotate = || program.post("/core/apppassword/rotate", &[]).status;
    assert_eq!(while_it_runs(&app, &replace[..2], "", rotate), 401);
}

#[test]
fn an_account_is_disabled_when_its_running_requests_have_ended() {
    let app = Server::on_postgresql();
    app.user("bob");
    app.group("crew", &["bob"]);
    let identified = ["SELECT 1 FROM accounts WHERE user_key = 'bob' FOR KEY SHARE"];
    let admin = app.admin();
    let member = || admin.delete("/cloud/users/bob/groups", &[("groupid", "crew")]).status;
    assert_eq!(while_it_runs(&app, &identified, "", member), 200);
    let disable = || admin.put("/cloud/users/bob/disable", &[]).status;
    assert_eq!(while_it_runs(&app, &identified, "", disable), 200);
}

#[test]
fn deleting_an_account_waits_for_conversations_before_it_locks_the_account() {
    let app = Server::on_postgresql();
    let (admin, alice) = (app.admin(), app.user("alice"));
    app.user("bob");
    let room = alice.creates_group("Room");
    alice.adds(&room, "bob").is_ok();
    // A message that mentions the account.
    let lock = format!("SELECT 1 FROM conversations WHERE token = '{}' FOR NO KEY UPDATE", room.0);
    let mention = "SELECT 1 FROM accounts WHERE user_key = 'bob' FOR KEY SHARE";
    let delete = || admin.delete("/cloud/users/bob", &[]).status;
    assert_eq!(while_it_runs(&app, &[&lock], mention, delete), 200);
}

#[test]
fn closing_a_conversation_locks_sessions_before_attendees() {
    let app = Server::on_postgresql();
    let alice = app.user("alice");
    let room = alice.creates_public("Room");
    guest(&app, &room);
    // A ping of the guest.
    let ping = ["UPDATE sessions SET last_ping = last_ping"];
    let close = || alice.closes(&room).status;
    assert_eq!(while_it_runs(&app, &ping, "UPDATE attendees SET last_ping = last_ping", close), 200);
}
