//! The command line, beside a running server.

use std::io::Write as _;
use std::process::{Output, Stdio};

use crate::people::Person;
use crate::server::{Server, command};
use crate::stories;

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

stories! {
    fn what_it_changes_takes_effect_at_once(app: Server) {
        let created = said(&app.runs(&["user", "add", "erik", "--display-name", "Erik Eriksen", "--email", "e@example.org"]));
        let password = created.lines().find_map(|line| line.strip_prefix("password: ")).unwrap().to_owned();
        let erik = Person::new(app, "erik", &password);
        assert_eq!(erik.get("/cloud/user").is_ok()["display-name"], "Erik Eriksen");
        assert!(refused(&app.runs(&["user", "add", "ERIK"])).contains("exists"));
        assert!(said(&app.runs(&["user", "list"])).contains("erik  Erik Eriksen"));
        let shown = said(&app.runs(&["user", "show", "erik"]));
        assert!(shown.contains("e@example.org") && shown.contains("can sign in:   yes"), "{shown}");

        said(&app.runs(&["user", "disable", "erik"]));
        erik.get("/v2/room").is_refused(401);
        assert!(said(&app.runs(&["user", "list", "eriksen"])).contains("(disabled)"));
        said(&app.runs(&["user", "enable", "erik"]));
        erik.get("/v2/room").is_ok();
        said(&app.runs(&["user", "password", "erik"]));
        erik.get("/v2/room").is_refused(401);

        said(&app.runs(&["group", "add", "crew", "--display-name", "The crew"]));
        said(&app.runs(&["group", "add-member", "crew", "erik"]));
        said(&app.runs(&["group", "add-member", "admin", "erik"]));
        assert!(said(&app.runs(&["group", "list"])).contains("crew  The crew  1 members"));
        let created = said(&app.runs(&["app-password", "add", "erik", "my bot"]));
        let (number, secret) = created.trim().trim_start_matches("app password ").split_once(": ").unwrap();
        let bot = app.nobody().showing("authorization", format!("Bearer {secret}"));
        assert_eq!(bot.get("/cloud/users?search=erik").is_ok()["users"][0], "erik", "an administrator now");
        said(&app.runs(&["group", "remove-member", "admin", "erik"]));
        bot.get("/cloud/users").is_refused(403);
        assert!(said(&app.runs(&["app-password", "list", "erik"])).contains("my bot  (made 2"));
        said(&app.runs(&["app-password", "revoke", "erik", number]));
        bot.get("/cloud/user").is_refused(401);
        assert!(refused(&app.runs(&["app-password", "revoke", "erik", number])).contains("no app password"));

        said(&app.runs(&["group", "delete", "crew"]));
        assert!(refused(&app.runs(&["group", "delete", "admin"])).contains("admin"));
        said(&app.runs(&["user", "delete", "erik"]));
        assert!(refused(&app.runs(&["user", "show", "erik"])).contains("no account called erik"));
        assert!(refused(&app.runs(&["group", "add-member", "crew", "nobody"])).contains("nobody"));
    }
}

stories! {
    fn conversations_are_listed_shown_promoted_in_and_removed(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let room = alice.creates_group("Plan\u{1b}[31m");
        alice.adds(&room, "bob").is_ok();
        let pair = bob.talks_to("alice");
        let token = room.0.as_str();
        let listed = said(&app.runs(&["conversation", "list"]));
        assert!(listed.contains(&format!("{token}  group  Plan[31m  2 accounts, 1 moderators, 0 guests")), "{listed}");
        assert!(listed.contains(&format!("{}  one-to-one", pair.0)), "{listed}");
        assert_eq!(said(&app.runs(&["conversation", "list", "--unmoderated"])), "");
        let shown = said(&app.runs(&["conversation", "show", token]));
        for line in ["type:          group", "read-only:     no", "  owner  alice  Alice", "  user  bob  Bob"] {
            assert!(shown.lines().any(|shown| shown == line), "{line} is not in {shown}");
        }

        said(&app.runs(&["conversation", "promote", token, "bob"]));
        let seen = bob.get(&room.path("")).is_ok();
        assert_eq!(seen["participantType"], 2);
        assert_eq!(seen["lastMessage"]["message"], "An administrator promoted you to moderator");
        let refusal = |arguments: &[&str]| refused(&app.runs(&[&["conversation"], arguments].concat()));
        assert!(refusal(&["promote", token, "bob"]).contains("moderator of the conversation already"));
        assert!(refusal(&["promote", token, "carla"]).contains("carla is not in the conversation"));
        assert!(refusal(&["promote", token, "nobody"]).contains("no account called nobody"));
        assert!(refusal(&["promote", &pair.0, "bob"]).contains("one-to-one"));
        assert!(refusal(&["delete", &pair.0]).contains("one-to-one"));
        for command in ["show", "delete"] {
            assert!(refusal(&[command, "unknown8"]).contains("no conversation with the token unknown8"));
        }
        said(&app.runs(&["conversation", "delete", token]));
        bob.get(&room.path("")).is_refused(404);
        assert!(refusal(&["show", token]).contains("no conversation"));
    }

    fn deleting_the_only_moderator_leaves_another_one(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let (first, second) = (alice.creates_group("First"), alice.creates_public("Second"));
        for room in [&first, &second] {
            alice.adds(room, "bob").is_ok();
            alice.adds(room, "carla").is_ok();
            alice.put(&room.path("webinary/lobby"), &[("state", "1")]).is_ok();
        }
        bob.put(&first.path("webinary/lobby"), &[("state", "0")]).is_refused(403);
        said(&app.runs(&["user", "delete", "alice"]));
        for room in [&first, &second] {
            bob.put(&room.path("webinary/lobby"), &[("state", "0")]).is_ok();
        }
        app.admin().delete("/cloud/users/bob", &[]).is_ok();
        let carla = Person::new(app, "carla", "carla-likes-cake");
        assert_eq!(carla.get(&first.path("")).is_ok()["participantType"], 2);
        carla.delete(&first.path(""), &[]).is_ok();
    }

    fn groups_whose_id_holds_a_slash_are_managed(app: Server) {
        let erik = app.user("erik");
        said(&app.runs(&["group", "add", "R/D", "--display-name", "Research / Development"]));
        said(&app.runs(&["group", "add-member", "R/D", "erik"]));
        assert!(said(&app.runs(&["group", "list"])).contains("R/D  Research / Development  1 members"));
        assert!(said(&app.runs(&["user", "show", "erik"])).contains("groups:        R/D"));
        assert_eq!(app.admin().get("/cloud/groups/R%2FD").is_ok()["users"][0], "erik");
        assert_eq!(erik.get("/cloud/users/erik/groups").is_ok()["groups"][0], "R/D");
        said(&app.runs(&["group", "remove-member", "R/D", "erik"]));
        said(&app.runs(&["group", "delete", "R/D"]));
        assert!(refused(&app.runs(&["group", "delete", "R/D"])).contains("could not be found"));
    }
}

#[test]
fn a_password_can_come_from_standard_input() {
    let app = Server::on_sqlite();
    let add = |password: &str| {
        let mut child = command(app.folder.path(), &app.database, &[])
            .args(["user", "add", "gustav", "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    assert!(refused(&add("short\n")).contains("at least 8 characters"));
    assert!(!said(&add("Kuchen fuer alle\n")).contains("Kuchen"));
    Person::new(&app, "gustav", "Kuchen fuer alle").get("/v2/room").is_ok();
}

#[test]
fn without_a_store_there_is_nothing_to_command() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        command(folder.path(), "sqlite://data/plauder.db", &[]).args(["user", "list"]).output().unwrap();
    assert!(refused(&output).contains("there is no store at data/plauder.db"));
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_backup_is_a_store_to_go_on_with() {
    let app = Server::on_sqlite();
    let alice = app.user("alice");
    let room = alice.creates_group("Before");
    let copy = app.folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    said(&app.runs(&["backup", copy]));
    alice.renames(&room, "After").is_ok();
    assert!(refused(&app.runs(&["backup", copy])).contains("overwrites nothing"));

    let listed =
        command(app.folder.path(), &format!("sqlite://{copy}"), &[]).args(["user", "list"]).output().unwrap();
    assert!(said(&listed).contains("alice  Alice"));
    let missing =
        command(app.folder.path(), "sqlite://nowhere.db", &[]).args(["backup", "x.db"]).output().unwrap();
    assert!(refused(&missing).contains("nowhere.db"));
    assert!(!app.folder.path().join("nowhere.db").exists(), "looking for a store makes none");
}

#[test]
fn configuration_is_shown_and_mistakes_in_it_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        command(folder.path(), "postgres://me:se?cret%2F@host/db", &[]).args(arguments).output().unwrap()
    };
    let example = said(&run(&["config", "example"]));
    assert!(example.contains("#listen = \"127.0.0.1:8080\""), "{example}");
    let shown = said(&run(&["config", "show", "--listen", "127.0.0.1:1"]));
    assert!(shown.contains("listen = \"127.0.0.1:1\"  # command line: --listen"), "{shown}");
    assert!(
        shown.contains("url = \"postgres://me@host/db\"  # environment: PLAUDER_DATABASE_URL"),
        "{shown}"
    );
    assert!(!shown.contains("cret"), "{shown}");
    std::fs::write(folder.path().join("plauder.toml"), "lissten = \"x\"\n").unwrap();
    assert!(
        refused(&run(&["serve"])).contains("unknown key: lissten (the nearest known one is server.listen)")
    );
    std::fs::write(folder.path().join("plauder.toml"), "\ndatabase = postgres://me:SECRET@host/db\n")
        .unwrap();
    let said_of_syntax = refused(&run(&["serve"]));
    assert!(said_of_syntax.contains("line 2") && !said_of_syntax.contains("SECRET"), "{said_of_syntax}");
    std::fs::remove_file(folder.path().join("plauder.toml")).unwrap();
    let misspelt = [("PLAUDER_LOG_LEVL".to_owned(), "debug".to_owned())];
    let output =
        command(folder.path(), "sqlite://x.db", &misspelt).args(["config", "show"]).output().unwrap();
    assert!(refused(&output).contains("PLAUDER_LOG_LEVL (the nearest known one is PLAUDER_LOG_LEVEL)"));
    let help = said(&run(&["--help"]));
    for name in
        ["--listen", "PLAUDER_SERVER_LISTEN", "--database", "--admin-user", "PLAUDER_CONFIG", "backup"]
    {
        assert!(help.contains(name), "{name} is not in {help}");
    }
}

#[test]
fn names_of_earlier_releases_are_accepted_and_logged() {
    let app = Server::with_environment(&[
        ("PLAUDER_GUEST_WAITS", "7"),
        ("PLAUDER_TRUSTED_PROXIES", "127.0.0.1"),
        ("PLAUDER_LOG_FORMAT", "text"),
    ]);
    let shown = said(&app.runs(&["config", "show"]));
    assert!(shown.contains("guest_polls = 7  # environment: PLAUDER_GUEST_WAITS"), "{shown}");
    let log = app.log();
    for (old, new) in [
        ("PLAUDER_GUEST_WAITS", "PLAUDER_LIMITS_GUEST_POLLS"),
        ("PLAUDER_TRUSTED_PROXIES", "PLAUDER_SERVER_TRUSTED_PROXIES"),
    ] {
        assert!(log.contains(&format!("old=\"{old}\" new=\"{new}\"")), "{log}");
    }
    assert_eq!(log.matches("a setting has a new name").count(), 2, "{log}");
}
