//! Circles, called teams today.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::people::{Answer, Person, Room};
use crate::server::Server;
use crate::stories;

const CIRCLES: &str = "/apps/circles/circles";
const SWITCH: &str = "/apps/provisioning_api/api/v1/config/apps/spreed/circles";

fn switch_on(app: &Server) {
    app.admin().post(SWITCH, &[("value", "1")]).is_ok();
}

/// What people do with circles.
impl Person<'_> {
    fn makes_circle(&self, name: &str) -> String {
        let created = self.post(CIRCLES, &[("name", name)]).is_ok();
        created["id"].as_str().unwrap().to_owned()
    }

    fn puts_into_circle(&self, circle: &str, who: &str) -> Answer {
        self.post(&format!("{CIRCLES}/{circle}/members"), &[("userId", who), ("type", "1")])
    }

    fn takes_out_of_circle(&self, circle: &str, member: &str) -> Answer {
        self.delete(&format!("{CIRCLES}/{circle}/members/{member}"), &[])
    }

    /// Who is in a circle, and the id that each goes by there.
    fn sees_in_circle(&self, circle: &str) -> Vec<(String, String)> {
        let listed = self.get(&format!("{CIRCLES}/{circle}/members")).is_ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        listed.as_array().unwrap().iter().map(|one| (text(&one["userId"]), text(&one["id"]))).collect()
    }

    fn lists_circles(&self) -> Vec<String> {
        let listed = self.get(CIRCLES).is_ok();
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }

    fn makes_room_of_circle(&self, circle: &str) -> Answer {
        self.post(
            "/v2/room",
            &[("roomType", "2"), ("source", "circles"), ("invite", circle), ("roomName", "x")],
        )
    }

    fn adds_circle(&self, room: &Room, circle: &str) -> Answer {
        self.post(&room.path("participants"), &[("newParticipant", circle), ("source", "circles")])
    }
}

fn names(seen: &[(String, String)]) -> Vec<&str> {
    seen.iter().map(|(name, _)| name.as_str()).collect()
}

fn features(person: &Person<'_>) -> Vec<Value> {
    let shown = person.get("/cloud/capabilities").is_ok();
    shown["capabilities"]["spreed"]["features"].as_array().unwrap().clone()
}

/// What differs from run to run.
macro_rules! shows {
    ($name:literal, $answer:expr) => {
        assert_json_snapshot!($name, $answer, {
            ".**.id" => "[id]", ".**.circleId" => "[id]", ".**.singleId" => "[id]",
            ".**.creation" => "[time]", ".**.joined" => "[time]",
        });
    };
}

stories! {
    fn switched_off_they_are_not_there(app: Server) {
        let (admin, alice) = (app.admin(), app.user("alice"));
        let room = alice.creates_group("Room");
        let hash = || alice.get("/v2/room").header("x-nextcloud-talk-hash").to_owned();
        let before = hash();
        let circle = format!("{CIRCLES}/x");
        for answer in [
            alice.get(CIRCLES), alice.post(CIRCLES, &[("name", "Rowers")]), alice.post(CIRCLES, &[]),
            alice.get(&circle), alice.delete(&circle, &[]), alice.put(&format!("{circle}/name"), &[("value", "x")]),
            alice.get(&format!("{circle}/members")), alice.puts_into_circle("x", "alice"),
            alice.takes_out_of_circle("x", "y"), admin.get(CIRCLES),
        ] {
            assert!(answer.is_refused(404).contains("switched off"));
        }
        app.nobody().get(CIRCLES).is_refused(401);
        assert!(alice.makes_room_of_circle("x").is_refused(400).contains("switched off"));
        assert!(alice.adds_circle(&room, "x").is_refused(400).contains("switched off"));
        assert!(!features(&alice).contains(&json!("circles-support")));

        for wrong in ["2", "yes", ""] {
            assert!(admin.post(SWITCH, &[("value", wrong)]).is_refused(400).contains("0 (off) or 1 (on)"));
        }
        alice.post(SWITCH, &[("value", "1")]).is_refused(403);
        switch_on(app);
        assert_ne!(hash(), before, "clients hear of it");
        for person in [&alice, &app.nobody()] {
            assert!(features(person).contains(&json!("circles-support")));
        }
        assert!(alice.lists_circles().is_empty());
        let id = alice.makes_circle("Rowers");
        admin.post(SWITCH, &[("value", "0")]).is_ok();
        alice.get(&format!("{CIRCLES}/{id}")).is_refused(404);
        admin.delete(SWITCH, &[]).is_ok();
        assert_eq!(hash(), before);
        switch_on(app);
        assert_eq!(alice.lists_circles(), ["Rowers"], "what was there is there again");
    }

    fn made_filled_renamed_and_removed(app: Server) {
        switch_on(app);
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let created = alice.post(CIRCLES, &[("name", " Rowers ")]).is_ok();
        shows!("made", created);
        let id = created["id"].as_str().unwrap();
        assert_eq!(id.len(), 31);
        let path = format!("{CIRCLES}/{id}");
        shows!("seen_by_its_owner", alice.get(&path).is_ok());
        assert_eq!(alice.get(CIRCLES).is_ok(), json!([alice.get(&path).is_ok()]));

        shows!("member_added", alice.puts_into_circle(id, "BOB").is_ok());
        let again = alice.puts_into_circle(id, "bob").is_ok();
        assert_eq!((&again["level"], &again["circle"]["population"]), (&json!(1), &json!(2)));
        shows!("members_seen_by_one", bob.get(&format!("{path}/members")).is_ok());
        shows!("seen_by_a_member", bob.get(&path).is_ok());
        assert_eq!(bob.lists_circles(), ["Rowers"]);
        assert!(carla.lists_circles().is_empty());

        let renamed = alice.put(&format!("{path}/name"), &[("value", "Paddlers")]).is_ok();
        assert_eq!((&renamed["name"], &renamed["population"]), (&json!("Paddlers"), &json!(2)));
        assert_eq!(bob.lists_circles(), ["Paddlers"]);
        assert_eq!(alice.delete(&path, &[]).is_ok()["name"], "Paddlers");
        alice.get(&path).is_refused(404);
        assert!(bob.lists_circles().is_empty());
    }

    fn strangers_learn_nothing_and_members_change_nothing(app: Server) {
        switch_on(app);
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let id = alice.makes_circle("Rowers");
        alice.puts_into_circle(&id, "bob").is_ok();
        let seen = bob.sees_in_circle(&id);
        assert_eq!(names(&seen), ["alice", "bob"]);
        let of_alice = &seen[0].1;
        let all = |person: &Person<'_>, circle: &str| {
            let path = format!("{CIRCLES}/{circle}");
            [
                person.get(&path), person.get(&format!("{path}/members")), person.delete(&path, &[]),
                person.put(&format!("{path}/name"), &[("value", "Mine")]), person.puts_into_circle(circle, "carla"),
                person.takes_out_of_circle(circle, of_alice),
            ]
        };
        for circle in [id.as_str(), "nosuchcircle", "b%00c"] {
            for answer in all(&carla, circle) {
                let said = answer.is_refused(404);
                assert!(circle.contains('%') || said == "Circle not found", "{said}");
            }
        }
        for answer in all(&bob, &id).into_iter().skip(2) {
            assert_eq!(answer.is_refused(400), "Insufficient rights");
        }
        for path in [CIRCLES.to_owned(), format!("{CIRCLES}/{id}"), format!("{CIRCLES}/{id}/members")] {
            app.nobody().get(&path).is_refused(401);
        }

        let name = format!("{CIRCLES}/{id}/name");
        for nameless in ["", "  ", "a\tb", &"n".repeat(65)] {
            assert!(alice.post(CIRCLES, &[("name", nameless)]).is_refused(400).contains("name"));
            assert!(alice.put(&name, &[("value", nameless)]).is_refused(400).contains("value"));
        }
        assert!(alice.post(CIRCLES, &[]).is_refused(400).contains("name"));
        assert!(alice.put(&name, &[]).is_refused(400).contains("value"));
        let members = format!("{CIRCLES}/{id}/members");
        for (fields, named) in [
            (vec![("userId", "carla")], "type"), (vec![("userId", "carla"), ("type", "x")], "type"),
            (vec![("userId", "carla"), ("type", "2")], "type"), (vec![("type", "1")], "userId"),
        ] {
            assert!(alice.post(&members, &fields).is_refused(400).contains(named), "{fields:?}");
        }
        alice.puts_into_circle(&id, "nobody").is_refused(404);
        alice.takes_out_of_circle(&id, "nosuchmember").is_refused(404);
        assert_eq!(names(&alice.sees_in_circle(&id)), ["alice", "bob"], "nothing of that did anything");
    }

    fn administrators_see_and_change_all(app: Server) {
        switch_on(app);
        let (admin, alice) = (app.admin(), app.user("alice"));
        app.user("bob");
        let id = alice.makes_circle("Rowers");
        admin.makes_circle("Admins");
        assert_eq!(admin.lists_circles(), ["Admins", "Rowers"]);
        let path = format!("{CIRCLES}/{id}");
        shows!("seen_by_an_administrator", admin.get(&path).is_ok());
        admin.puts_into_circle(&id, "bob").is_ok();
        admin.put(&format!("{path}/name"), &[("value", "Paddlers")]).is_ok();
        let seen = admin.sees_in_circle(&id);
        assert_eq!(names(&seen), ["alice", "bob"]);
        admin.takes_out_of_circle(&id, &seen[0].1).is_refused(400);
        admin.takes_out_of_circle(&id, &seen[1].1).is_ok();
        assert_eq!(names(&alice.sees_in_circle(&id)), ["alice"]);
        admin.delete(&path, &[]).is_ok();
        assert!(alice.lists_circles().is_empty());
    }

    fn people_leave_and_the_owner_last(app: Server) {
        switch_on(app);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let id = alice.makes_circle("Rowers");
        alice.puts_into_circle(&id, "bob").is_ok();
        alice.puts_into_circle(&id, "carla").is_ok();
        let seen = alice.sees_in_circle(&id);
        assert!(alice.takes_out_of_circle(&id, &seen[0].1).is_refused(400).contains("owner"));
        bob.takes_out_of_circle(&id, &seen[2].1).is_refused(400);
        bob.takes_out_of_circle(&id, &seen[1].1).is_ok();
        bob.get(&format!("{CIRCLES}/{id}")).is_refused(404);
        alice.takes_out_of_circle(&id, &seen[2].1).is_ok();
        alice.takes_out_of_circle(&id, &seen[2].1).is_refused(404);
        alice.takes_out_of_circle(&id, &seen[0].1).is_ok();
        alice.get(&format!("{CIRCLES}/{id}")).is_refused(404);
    }

    fn a_deleted_account_leaves_its_circles_to_the_others(app: Server) {
        switch_on(app);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let (shared, lonely) = (alice.makes_circle("Shared"), alice.makes_circle("Lonely"));
        alice.puts_into_circle(&shared, "bob").is_ok();
        alice.puts_into_circle(&shared, "carla").is_ok();
        app.admin().delete("/cloud/users/alice", &[]).is_ok();
        let seen = bob.get(&format!("{CIRCLES}/{shared}")).is_ok();
        assert_eq!((&seen["owner"]["userId"], &seen["population"]), (&json!("bob"), &json!(2)));
        app.admin().get(&format!("{CIRCLES}/{lonely}")).is_refused(404);
        assert!(app.user("alice").lists_circles().is_empty(), "another one of the same name");
        bob.delete(&format!("{CIRCLES}/{shared}"), &[]).is_ok();
    }

    fn in_xml_and_below_v1(app: Server) {
        switch_on(app);
        let alice = app.user("alice");
        let id = alice.makes_circle("Tea & <cake>");
        let read = |path: &str| alice.clone().showing("accept", "").get(path).body;
        let shown = read(&format!("{CIRCLES}/{id}"));
        let document = roxmltree::Document::parse(&shown).unwrap();
        let data = document.descendants().find(|node| node.has_tag_name("data")).unwrap();
        let text = |name: &str| data.children().find(|node| node.has_tag_name(name)).unwrap().text().unwrap_or_default();
        assert_eq!((text("name"), text("id"), text("population")), ("Tea & <cake>", id.as_str(), "1"));
        let listed = read(&format!("{CIRCLES}/{id}/members"));
        let document = roxmltree::Document::parse(&listed).unwrap();
        let one = document.descendants().find(|node| node.has_tag_name("element")).unwrap();
        let members: Vec<_> = one.children().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
        assert_eq!(members, ["id", "circleId", "singleId", "userId", "userType", "level", "status", "displayName", "joined", "circle"]);
        assert!(read(&format!("{CIRCLES}/nosuchcircle")).contains("<message>Circle not found</message>"));

        let v1 = |path: &str| alice.get(&format!("/ocs/v1.php{path}"));
        let (listed, unknown) = (v1(CIRCLES), v1(&format!("{CIRCLES}/nosuchcircle")));
        assert_eq!(listed.json()["ocs"]["meta"]["statuscode"], 100);
        assert_eq!(listed.data()[0]["name"], "Tea & <cake>");
        assert_eq!((unknown.status, &unknown.json()["ocs"]["meta"]["statuscode"]), (200, &json!(404)));
    }

    fn a_conversation_of_a_circle(app: Server) {
        switch_on(app);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (carla, dora) = (app.user("carla"), app.user("dora"));
        let id = alice.makes_circle("Rowers");
        alice.puts_into_circle(&id, "bob").is_ok();
        alice.puts_into_circle(&id, "carla").is_ok();
        let room = Room::new(&bob.makes_room_of_circle(&id).is(201));
        assert_eq!((&alice.sees(&room)["name"], &alice.sees(&room)["participantType"]), (&json!("Rowers"), &json!(3)));
        assert_eq!(carla.sees(&room)["lastMessage"]["message"], "{actor} added you");
        assert_eq!(bob.sees(&room)["participantType"], 1);
        let v1 = bob.post("/v1/room", &[("roomType", "2"), ("source", "circles"), ("invite", &id)]).is(201);
        assert_eq!(v1["participants"].as_object().unwrap().len(), 3);

        for circle in [id.as_str(), "nosuchcircle"] {
            dora.makes_room_of_circle(circle).is_refused(404);
            let own = dora.creates_group("Mine");
            dora.adds_circle(&own, circle).is_refused(404);
        }
        let room = alice.creates_group("Everybody");
        alice.adds_circle(&room, &id).is_ok();
        alice.adds_circle(&room, &id).is_ok();
        assert_eq!(bob.sees(&room)["name"], "Everybody");
        bob.adds_circle(&room, &id).is_refused(403);
        alice.adds_circle(&room, "nosuchcircle").is_refused(404);
        let pair = alice.talks_to("bob");
        alice.adds_circle(&pair, &id).is_refused(400);
        let by_admin = Room::new(&app.admin().makes_room_of_circle(&id).is(201));
        assert_eq!(bob.sees(&by_admin)["name"], "Rowers");

        app.group("staff", &["alice", "bob"]);
        let setting = "/apps/provisioning_api/api/v1/config/apps/spreed/allowed_groups";
        app.admin().post(setting, &[("value", r#"["staff"]"#)]).is_ok();
        carla.get(CIRCLES).is_refused(403);
        let room = Room::new(&alice.makes_room_of_circle(&id).is(201));
        assert_eq!(bob.sees(&room)["name"], "Rowers");
        app.admin().delete(setting, &[]).is_ok();
        carla.get(&room.path("")).is_refused(404);
    }

    fn deleted_while_its_circles_are_changed_and_added(app: Server) {
        switch_on(app);
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let circles: Vec<_> = (0..8).map(|number| alice.makes_circle(&format!("Circle {number}"))).collect();
        for circle in &circles {
            alice.puts_into_circle(circle, "bob").is_ok();
        }
        let theirs = bob.makes_circle("Of bob");
        let rooms: Vec<_> = (0..8).map(|number| bob.creates_group(&format!("Room {number}"))).collect();
        std::thread::scope(|scope| {
            let (bob, circles, rooms, theirs) = (&bob, &circles, &rooms, theirs.as_str());
            scope.spawn(move || {
                for (circle, room) in circles.iter().zip(rooms) {
                    bob.adds_circle(room, circle).is_ok();
                }
            });
            scope.spawn(move || {
                for _ in 0..8 {
                    let added = bob.puts_into_circle(theirs, "alice");
                    assert!([200, 404].contains(&added.status), "{}", added.body);
                    bob.puts_into_circle(theirs, "carla").is_ok();
                }
            });
            app.admin().delete("/cloud/users/alice", &[]).is_ok();
        });
        // That she is in none of them any more, and each has an owner, is looked at when the server is dropped.
        assert_eq!(names(&bob.sees_in_circle(theirs.as_str())), ["bob", "carla"]);
        assert_eq!(bob.lists_circles().len(), 9);
    }

    fn from_the_command_line(app: Server) {
        let alice = app.user("alice");
        app.user("bob");
        let run = |arguments: &[&str]| {
            let output = app.runs(&[&["circle"], arguments].concat());
            let text = if output.status.success() { output.stdout } else { output.stderr };
            (output.status.success(), String::from_utf8(text).unwrap())
        };
        let (created, said) = run(&["add", "Rowers", "--owner", "alice"]);
        assert!(created, "{said}");
        let id = said.trim().rsplit(' ').next().unwrap();
        assert!(run(&["list"]).1.contains(&format!("{id}  Rowers  of alice  1 members")));
        assert!(run(&["add-member", id, "bob"]).0);
        assert!(run(&["add-member", id, "bob"]).0);
        switch_on(app);
        assert_eq!(names(&alice.sees_in_circle(id)), ["alice", "bob"]);
        assert!(run(&["remove-member", id, "bob"]).0);
        for (arguments, why) in [
            (vec!["add", "Rowers", "--owner", "nobody"], "no account called nobody"),
            (vec!["add", " ", "--owner", "alice"], "1 to 64 characters"),
            (vec!["add-member", id, "nobody"], "no account called nobody"),
            (vec!["add-member", "nosuchcircle", "bob"], "Circle not found"),
            (vec!["remove-member", id, "bob"], "Member not found"),
            (vec!["remove-member", "nosuchcircle", "bob"], "Circle not found"),
            (vec!["delete", "nosuchcircle"], "Circle not found"),
        ] {
            let (done, said) = run(&arguments);
            assert!(!done && said.contains(why), "{arguments:?}: {said}");
        }
        run(&["add-member", id, "bob"]);
        assert!(run(&["remove-member", id, "alice"]).1.contains("owner"));
        assert!(run(&["delete", id]).0);
        assert!(alice.lists_circles().is_empty());
    }
}
