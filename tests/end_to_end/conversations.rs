//! The Conversation API.

use insta::assert_json_snapshot;
use serde_json::json;

use crate::server::Server;
use crate::stories;

/// What differs from run to run.
macro_rules! shows {
    ($name:literal, $answer:expr) => {
        assert_json_snapshot!($name, $answer, {
            ".id" => "[id]", ".**.token" => "[token]", ".**.timestamp" => "[time]", ".lastActivity" => "[time]",
            ".lastMessage.id" => "[message]",
        });
    };
}

stories! {
    fn a_group_from_beginning_to_end(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Planning");
        bob.get(&room.path("")).is_refused(404);
        alice.adds(&room, "bob").is_ok();
        shows!("group_v2", bob.sees(&room));
        shows!("group_v1", bob.get(&format!("/v1/room/{}", room.0)).is_ok());

        bob.renames(&room, "Mine").is_refused(403);
        let said = alice.renames(&room, "").is_refused(400);
        assert!(said.contains("roomName"), "{said}");
        alice.renames(&room, " Party ").is_ok();
        assert_eq!(bob.sees(&room)["displayName"], "Party");
        bob.deletes(&room).is_refused(403);
        alice.deletes(&room).is_ok();
        assert!(bob.lists().is_empty());
        alice.deletes(&room).is_refused(404);
    }

    fn a_public_one_shows_strangers_next_to_nothing(app: Server) {
        let (alice, carla) = (app.user("alice"), app.user("carla"));
        let room = alice.creates_public("Open house");
        for stranger in [carla.clone(), app.nobody()] {
            shows!("stranger_v2", stranger.sees(&room));
            shows!("stranger_v1", stranger.get(&format!("/v1/room/{}", room.0)).is_ok());
            stranger.renames(&room, "Mine").is_refused(404);
        }
        alice.put(&room.path("password"), &[("password", "Sesame-open-42")]).is_ok();
        assert_eq!(carla.sees(&room)["hasPassword"], true);
        alice.closes(&room).is_ok();
        carla.get(&room.path("")).is_refused(404);
        alice.put(&room.path("password"), &[("password", "Sesame-open-42")]).is_refused(403);
        alice.opens(&room).is_ok();
        assert_eq!(carla.sees(&room)["hasPassword"], true, "the password stayed");
        alice.opens(&room).is_refused(400);
    }

    fn a_pair_has_one_conversation_that_is_left_and_found_again(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.talks_to("bob");
        assert_eq!(bob.talks_to("alice"), room);
        assert_eq!(alice.sees(&room)["displayName"], "Bob");
        for refused in [alice.renames(&room, "x"), alice.deletes(&room), alice.opens(&room), alice.locks(&room)] {
            refused.is_refused(400);
        }
        alice.leaves(&room).is_ok();
        assert!(alice.lists().is_empty());
        assert_eq!(bob.sees(&room)["displayName"], "Alice");
        assert_eq!(alice.talks_to("bob"), room);
        alice.post("/v2/room", &[("roomType", "1"), ("invite", "alice")]).is_refused(403);
        alice.post("/v2/room", &[("roomType", "1"), ("invite", "nobody")]).is_refused(404);
    }

    fn made_by_two_at_once_a_pair_still_has_one(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        for _ in 0..5 {
            let (one, other) = std::thread::scope(|scope| {
                let one = scope.spawn(|| alice.talks_to("bob"));
                let other = scope.spawn(|| bob.talks_to("alice"));
                (one.join().unwrap(), other.join().unwrap())
            });
            assert_eq!(one, other);
            alice.leaves(&one).is_ok();
            bob.leaves(&one).is_ok();
        }
    }

    fn locking_tells_and_tells_once(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Lockable");
        alice.adds(&room, "bob").is_ok();
        bob.locks(&room).is_refused(403);
        alice.locks(&room).is_ok();
        let view = bob.sees(&room);
        assert_eq!(view["readOnly"], 1);
        assert_eq!(view["lastMessage"]["message"], "{actor} locked the conversation");
        alice.locks(&room).is_ok();
        assert_eq!(bob.sees(&room)["lastMessage"]["id"], view["lastMessage"]["id"]);
        for wrong in ["2", "x"] {
            let said = alice.put(&room.path("read-only"), &[("state", wrong)]).is_refused(400);
            assert!(said.contains("state"), "{said}");
        }
        assert!(alice.put(&room.path("read-only"), &[]).is_refused(400).contains("state"));
    }

    fn favourites_and_levels_are_everybodys_own(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "bob").is_ok();
        alice.post(&room.path("favorite"), &[]).is_ok();
        alice.post(&room.path("notify"), &[("level", "3")]).is_ok();
        let own = |seen: serde_json::Value| (seen["isFavorite"].clone(), seen["notificationLevel"].clone());
        assert_eq!(own(alice.sees(&room)), (json!(true), json!(3)));
        assert_eq!(own(bob.sees(&room)), (json!(false), json!(2)));
        alice.delete(&room.path("favorite"), &[]).is_ok();
        assert_eq!(own(alice.sees(&room)).0, json!(false));
        alice.post(&room.path("notify"), &[("level", "0")]).is_refused(400);
        app.nobody().post(&room.path("favorite"), &[]).is_refused(401);
    }

    fn settings_change_what_people_may_while_the_server_runs(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.group("makers", &["alice"]);
        let admin = app.admin();
        let setting = |name: &str| format!("/apps/provisioning_api/api/v1/config/apps/spreed/{name}");
        let hash = || alice.get("/v2/room").header("x-nextcloud-talk-hash").to_owned();
        let before = hash();
        assert_eq!(before.len(), 40);
        let room = bob.creates_group("Before");
        assert_eq!(hash(), before, "it does not change with conversations");

        bob.post(&setting("start_conversations"), &[("value", "[]")]).is_refused(403);
        admin.post(&setting("start_conversations"), &[("value", "everyone")]).is_refused(400);
        admin.post(&setting("nonsense"), &[("value", "1")]).is_refused(400);
        admin.post(&setting("start_conversations"), &[("value", r#"["makers"]"#)]).is_ok();
        assert_ne!(hash(), before);
        bob.post("/v2/room", &[("roomType", "2"), ("roomName", "x")]).is_refused(403);
        assert_eq!(bob.get("/cloud/capabilities").is_ok()["capabilities"]["spreed"]["config"]["conversations"]["can-create"], false);
        alice.creates_group("After");
        admin.post(&setting("default_group_notification"), &[("value", "1")]).is_ok();
        assert_eq!(bob.sees(&room)["notificationLevel"], 1);
        admin.post(&setting("allowed_groups"), &[("value", r#"["makers"]"#)]).is_ok();
        bob.get("/v2/room").is_refused(403);
        assert_eq!(bob.get("/cloud/capabilities").is_ok()["capabilities"].get("spreed"), None);
        for name in ["start_conversations", "default_group_notification", "allowed_groups"] {
            admin.delete(&setting(name), &[]).is_ok();
        }
        assert_eq!(hash(), before, "the same settings have the same hash");
        assert_eq!(bob.lists().len(), 1);
    }

    fn names_hold_any_text(app: Server) {
        let alice = app.user("alice");
        for name in ["<b>&amp;]]>", "'; DROP TABLE conversations; --", "🎉 Ünïcödé \u{200f}!", "{actor} \\ \" %s"] {
            let room = alice.creates_group(name);
            assert_eq!(alice.sees(&room)["name"], name);
            let xml = alice.clone().showing("accept", "").get(&room.path("")).body;
            let document = roxmltree::Document::parse(&xml).unwrap();
            let shown = document.descendants().find(|node| node.has_tag_name("displayName")).unwrap();
            assert_eq!(shown.text(), Some(name));
        }
        let nul = alice.post("/v2/room", &[("roomType", "2"), ("roomName", "a\0b")]).is_refused(400);
        assert!(nul.contains("roomName"), "{nul}");
        alice.get("/v2/room/a%00b").is_refused(404);
        assert_eq!(alice.lists().len(), 4);
    }
}
