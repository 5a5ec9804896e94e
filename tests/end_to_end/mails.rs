//! Mails: they wait in the store, and are sent from there.

use std::collections::HashSet;

use crate::fake_smtp::FakeSmtp;
use crate::server::{Server, signal};

const ON_SQLITE: Start = Server::with_environment;
const ON_POSTGRESQL: Start = Server::with_store_on_postgresql;

type Start = fn(&[(&str, &str)]) -> Server;

/// Runs each story on both stores.
macro_rules! mail_stories {
    ($($name:ident)+) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(super::ON_SQLITE);
            }

            #[test]
            fn on_postgresql() {
                super::$name(super::ON_POSTGRESQL);
            }
        }
    )+};
}

mail_stories! {
    a_mail_that_waits_is_sent
    what_the_post_office_cannot_take_now_it_takes_later
    what_the_post_office_will_never_take_is_given_up
    a_mail_that_waited_when_the_server_was_killed_is_sent
    told_to_stop_it_ends_the_mail_that_it_is_sending
    who_is_invited_by_address_gets_the_link
}

fn with(start: Start, office: &str) -> Server {
    start(&[
        ("PLAUDER_MAIL_SERVER", office),
        ("PLAUDER_MAIL_FROM", "talk@example.org"),
        ("PLAUDER_METRICS_LISTEN", "127.0.0.1:0"),
        ("PLAUDER_LOG_LEVEL", "trace"),
    ])
}

/// Puts a mail straight into the store.
fn put(app: &Server, recipient: &str, subject: &str) {
    run(
        app,
        &format!(
            "INSERT INTO mails (recipient, subject, body, created_at, attempts, due_at)
             VALUES ('{recipient}', '{subject}', 'Come to https://talk.example.org/call/{subject}', {}, 0, 0)",
            now(app)
        ),
    );
}

/// Lets the time come at which the mails that wait are tried again.
fn the_time_comes(app: &Server) {
    run(app, "UPDATE mails SET due_at = 0");
}

/// Returns when so many mails wait after so many attempts.
fn until_there_are(app: &Server, mails: i64, attempts: i64) {
    let began = std::time::Instant::now();
    let count = format!("SELECT COUNT(*) FROM mails WHERE attempts = {attempts}");
    while (number(app, "SELECT COUNT(*) FROM mails"), number(app, &count)) != (mails, mails) {
        assert!(began.elapsed().as_secs() < 60, "it waits in vain");
        std::thread::yield_now();
    }
}

/// Returns when the log holds a text.
fn until_the_log_says(app: &Server, text: &str) {
    let began = std::time::Instant::now();
    while !app.log().contains(text) {
        assert!(began.elapsed().as_secs() < 60, "the log does not say {text}");
        std::thread::yield_now();
    }
}

fn run(app: &Server, sql: &str) {
    if app.database.starts_with("sqlite://") {
        sqlite(app).execute_batch(sql).unwrap();
    } else {
        postgresql(app).batch_execute(sql).unwrap();
    }
}

fn number(app: &Server, sql: &str) -> i64 {
    if app.database.starts_with("sqlite://") {
        sqlite(app).query_row(sql, [], |row| row.get(0)).unwrap()
    } else {
        postgresql(app).query_one(sql, &[]).unwrap().get(0)
    }
}

/// By the clock of the machine, which the server goes by too.
fn now(app: &Server) -> i64 {
    if app.database.starts_with("sqlite://") {
        number(app, "SELECT unixepoch()")
    } else {
        number(app, "SELECT FLOOR(EXTRACT(EPOCH FROM now()))::BIGINT")
    }
}

fn sqlite(app: &Server) -> rusqlite::Connection {
    let store = rusqlite::Connection::open(app.database.trim_start_matches("sqlite://")).unwrap();
    store.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    store
}

fn postgresql(app: &Server) -> postgres::Client {
    postgres::Client::connect(&app.database, postgres::NoTls).unwrap()
}

#[track_caller]
fn counts(app: &Server, expected: &[(&str, i64)]) {
    let counts = app.metrics();
    for (name, value) in expected {
        assert!(counts.contains(&format!("plauder_mails_{name} {value}\n")), "no {name} {value} in {counts}");
    }
}

/// The log names a mail by its number only.
#[track_caller]
fn the_log_keeps_mails_to_itself(app: &Server) {
    let log = app.log();
    for secret in ["dora", "talk@example.org", "Fete", "https://talk.example.org"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

fn a_mail_that_waits_is_sent(start: Start) {
    let office = FakeSmtp::open();
    let app = with(start, &office.url());
    put(&app, "dora@example.org", "Fete");
    let [mail] = &office.until_it_has(1)[..] else { panic!("more than one") };
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("talk@example.org", "dora@example.org"));
    assert!(mail.text.contains("\nSubject: Fete\n"), "{}", mail.text);
    assert!(mail.text.ends_with("\n\nCome to https://talk.example.org/call/Fete\n"), "{}", mail.text);
    until_there_are(&app, 0, 0);
    office.until_it_hears("QUIT");
    until_the_log_says(&app, "a mail was sent mail=1 attempt=1");
    counts(&app, &[("sent_total", 1), ("put_off_total", 0), ("given_up_total", 0), ("waiting", 0)]);
    the_log_keeps_mails_to_itself(&app);
}

fn what_the_post_office_cannot_take_now_it_takes_later(start: Start) {
    let office = FakeSmtp::open();
    office.will_say("451 <dora@example.org>: come again later");
    let app = with(start, &office.url());
    put(&app, "dora@example.org", "Fete");
    until_there_are(&app, 1, 1);
    let due = number(&app, "SELECT due_at - created_at FROM mails");
    assert!((60..70).contains(&due), "it is tried again in {due} seconds");
    until_the_log_says(&app, "a mail was put off mail=1 attempt=1 step=\"RCPT\" code=451");
    counts(&app, &[("sent_total", 0), ("put_off_total", 1), ("given_up_total", 0), ("waiting", 1)]);
    the_time_comes(&app);
    assert_eq!(office.until_it_has(1).len(), 1);
    until_there_are(&app, 0, 0);
    the_log_keeps_mails_to_itself(&app);
}

fn what_the_post_office_will_never_take_is_given_up(start: Start) {
    let office = FakeSmtp::open();
    office.will_say("550 <dora@example.org>: there is nobody called so");
    let app = with(start, &office.url());
    put(&app, "dora@example.org", "Fete");
    office.until_it_hears("RCPT");
    until_there_are(&app, 0, 0);
    put(&app, "dora..@example.org", "Fete");
    until_there_are(&app, 0, 0);
    until_the_log_says(&app, "a mail was given up mail=2 attempt=1 step=\"writing\"");
    assert!(
        app.log().contains("a mail was given up mail=1 attempt=1 step=\"RCPT\" code=550"),
        "{}",
        app.log()
    );
    put(&app, "bob@example.org", "Fete");
    assert_eq!(office.until_it_has(1)[0].to, "bob@example.org", "the next one is sent all the same");
    until_there_are(&app, 0, 0);
    counts(&app, &[("put_off_total", 0), ("given_up_total", 2), ("waiting", 0)]);
    the_log_keeps_mails_to_itself(&app);
}

fn a_mail_that_waited_when_the_server_was_killed_is_sent(start: Start) {
    let office = FakeSmtp::open();
    office.will_say("421 closed for today");
    let mut app = with(start, &office.url());
    put(&app, "dora@example.org", "Fete");
    until_there_are(&app, 1, 1);
    app.dies_and_comes_back();
    office.holds(true);
    the_time_comes(&app);
    // Killed in the middle of it: whether the mail arrived, nobody knows.
    office.until_somebody_is_held();
    app.dies_and_comes_back();
    let left = number(&app, "SELECT due_at FROM mails") - now(&app);
    assert!((1..=300).contains(&left), "it is left alone for {left} seconds");
    let before = office.heard().iter().filter(|line| line.starts_with("DATA")).count();
    the_time_comes(&app);
    while office.heard().iter().filter(|line| line.starts_with("DATA")).count() == before {
        std::thread::yield_now();
    }
    office.holds(false);
    until_there_are(&app, 0, 0);
    let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
    let arrived: HashSet<String> = office.until_it_has(1).iter().map(|mail| id(&mail.text)).collect();
    assert_eq!(arrived.len(), 1, "it is the same mail, if it comes twice");
    the_log_keeps_mails_to_itself(&app);
}

fn told_to_stop_it_ends_the_mail_that_it_is_sending(start: Start) {
    let office = FakeSmtp::open();
    office.holds(true);
    let mut app = with(start, &office.url());
    put(&app, "dora@example.org", "Fete");
    office.until_somebody_is_held();
    put(&app, "erik@example.org", "Fete");
    signal(app.process_id(), "TERM");
    until_the_log_says(&app, "stopping");
    office.holds(false);
    assert!(app.ends().success());
    assert_eq!(office.until_it_has(1).len(), 1, "that one, and no other");
    assert_eq!(number(&app, "SELECT COUNT(*) FROM mails WHERE recipient = 'dora@example.org'"), 0);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM mails"), 1);
    the_log_keeps_mails_to_itself(&app);
}

#[test]
fn told_to_stop_it_does_not_wait_for_mails() {
    let office = FakeSmtp::open();
    let mut app = with(ON_SQLITE, &office.url());
    let began = std::time::Instant::now();
    assert!(app.stops().success());
    assert!(began.elapsed().as_secs() < 3, "{:?}", began.elapsed());

    office.holds(true);
    let mut app = ON_SQLITE(&[
        ("PLAUDER_MAIL_SERVER", &office.url()),
        ("PLAUDER_MAIL_FROM", "talk@example.org"),
        ("PLAUDER_SERVER_SHUTDOWN_SECONDS", "1"),
    ]);
    put(&app, "dora@example.org", "Fete");
    office.until_somebody_is_held();
    let began = std::time::Instant::now();
    assert!(app.stops().success());
    assert!(began.elapsed().as_secs() < 5, "a post office that does not answer: {:?}", began.elapsed());
    assert_eq!(number(&app, "SELECT COUNT(*) FROM mails"), 1, "it is tried again");
}

#[test]
fn two_servers_send_each_mail_once() {
    let office = FakeSmtp::open();
    office.waits_for_a_meeting_of(2);
    let app = with(ON_POSTGRESQL, &office.url());
    let other = app.another();
    let values: Vec<String> =
        (0..50).map(|n| format!("('guest{n}@example.org', 'Fete', 'Come', 1600000000, 0, 0)")).collect();
    run(
        &app,
        &format!(
            "INSERT INTO mails (recipient, subject, body, created_at, attempts, due_at) VALUES {}",
            values.join(", ")
        ),
    );
    // The first two meet: both servers send.
    let mails = office.until_it_has(50);
    let recipients: HashSet<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!((mails.len(), recipients.len()), (50, 50));
    until_there_are(&app, 0, 0);
    assert_eq!(office.until_it_has(50).len(), 50);
    for server in [&app, &other] {
        until_the_log_says(server, "a mail was sent");
        let log = server.log();
        assert!(!log.contains("put off") && !log.contains("guest"), "{log}");
    }
}

#[test]
fn a_password_is_not_sent_where_it_can_be_read() {
    let office = FakeSmtp::open();
    let url = format!("smtp+starttls://talk:Brieftaube-7@{}", office.address);
    let app = with(ON_SQLITE, &url);
    put(&app, "dora@example.org", "Fete");
    until_there_are(&app, 1, 1);
    let heard = office.heard();
    assert!(heard.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{heard:?}");
    until_the_log_says(&app, "a mail was put off mail=1 attempt=1 step=\"STARTTLS\"");
    assert!(!app.log().contains("Brieftaube"), "{}", app.log());
    let shown = String::from_utf8(app.runs(&["config", "show"]).stdout).unwrap();
    let expected = format!("server = \"smtp+starttls://talk@{}\"", office.address);
    assert!(shown.contains(&expected) && !shown.contains("Brieftaube"), "{shown}");
}

fn who_is_invited_by_address_gets_the_link(start: Start) {
    let office = FakeSmtp::open();
    let app = with(start, &office.url());
    let alice = app.user("alice");
    let room = alice.creates_group("Planning");
    let invites = |address: &str| {
        alice.post(&room.path("participants"), &[("newParticipant", address), ("source", "emails")])
    };
    assert_eq!(invites("dora@example.org").is_ok(), serde_json::json!({ "type": 3 }));
    invites("Dora@example.org").is_ok();
    assert!(invites("dora").is_refused(400).contains("newParticipant"));
    let mails = office.until_it_has(1);
    assert_eq!(mails[0].to, "dora@example.org");
    let link = format!("/call/{}", room.0);
    assert!(mails[0].text.contains("Alice") && mails[0].text.contains(&link), "{}", mails[0].text);
    assert_eq!(app.nobody().get(&link).status, 200);
    until_there_are(&app, 0, 0);
    assert_eq!(office.until_it_has(1).len(), 1, "one invitation is enough");
    the_log_keeps_mails_to_itself(&app);
}

#[test]
fn without_a_post_office_mails_wait() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = with(ON_SQLITE, &format!("smtp://{closed}"));
    put(&app, "dora@example.org", "Fete");
    until_there_are(&app, 1, 1);
    until_the_log_says(&app, "a mail was put off mail=1 attempt=1 step=\"connecting\"");
    counts(&app, &[("sent_total", 0), ("put_off_total", 1), ("waiting", 1)]);
    the_log_keeps_mails_to_itself(&app);
}

#[test]
fn mistakes_in_the_configuration_of_mail_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("new.db").display());
    let said = |environment: &[(&str, &str)]| {
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let failed =
            crate::server::command(folder.path(), &database, &environment).arg("serve").output().unwrap();
        assert!(!failed.status.success());
        String::from_utf8(failed.stderr).unwrap()
    };
    let server = ("PLAUDER_MAIL_SERVER", "smtps://me:Brieftaube@host:465");
    assert!(said(&[server]).contains("mail.from (from default) has to be an e-mail address"));
    let wrong = said(&[("PLAUDER_MAIL_SERVER", "smtps://me:Brieftaube@host")]);
    assert!(wrong.contains("mail.server (from PLAUDER_MAIL_SERVER) has to be smtp://HOST:PORT"), "{wrong}");
    assert!(!wrong.contains("Brieftaube"), "{wrong}");
    assert!(said(&[("PLAUDER_SERVER_PUBLIC_URL", "talk.example.org")]).contains("server.public_url"));
}
