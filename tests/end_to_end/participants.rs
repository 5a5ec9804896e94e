//! The Participants API.

use serde_json::Value;

use crate::server::Server;
use crate::stories;

fn participant_types(listed: &Value) -> Vec<(String, i64)> {
    let items = listed.as_array().unwrap().iter();
    items
        .map(|one| (one["userId"].as_str().unwrap().to_owned(), one["participantType"].as_i64().unwrap()))
        .collect()
}

stories! {
    fn added_promoted_and_removed(app: Server) {
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        app.group("team", &["bob", "carla"]);
        let room = alice.creates_group("Members");
        bob.adds(&room, "bob").is_refused(404);
        alice.adds(&room, "bob").is_ok();
        alice.adds(&room, "bob").is_ok();
        alice.post(&room.path("participants"), &[("newParticipant", "team"), ("source", "groups")]).is_ok();
        alice.adds(&room, "nobody").is_refused(404);
        alice.post(&room.path("participants"), &[("newParticipant", "bob"), ("source", "moon")]).is_refused(400);
        bob.adds(&room, "dora").is_refused(403);
        let listed = || participant_types(&bob.get(&room.path("participants")).is_ok());
        let expect = |expected: &[(&str, i64)]| expected.iter().map(|(id, number)| ((*id).to_owned(), *number)).collect::<Vec<_>>();
        assert_eq!(listed(), expect(&[("alice", 1), ("bob", 3), ("carla", 3)]));

        alice.post(&room.path("moderators"), &[("participant", "bob")]).is_ok();
        assert_eq!(bob.sees(&room)["canDeleteConversation"], true);
        bob.adds(&room, "dora").is_ok();
        bob.removes(&room, "alice").is_refused(403);
        bob.removes(&room, "dora").is_ok();
        carla.removes(&room, "bob").is_refused(403);
        alice.delete(&room.path("moderators"), &[("participant", "bob")]).is_ok();
        assert_eq!(listed(), expect(&[("alice", 1), ("bob", 3), ("carla", 3)]));
        assert!(alice.delete(&room.path("participants"), &[]).is_refused(400).contains("participant"));
        app.nobody().get(&room.path("participants")).is_refused(404);
    }

    fn the_last_moderator_stays_with_the_others(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "bob").is_ok();
        assert_eq!(alice.sees(&room)["canLeaveConversation"], false);
        assert_eq!(bob.sees(&room)["canLeaveConversation"], true);
        alice.leaves(&room).is_refused(400);
        bob.leaves(&room).is_ok();
        assert_eq!(alice.sees(&room)["lastMessage"]["message"], "{actor} left the conversation");
        alice.leaves(&room).is_ok();
        alice.get(&room.path("")).is_refused(404);
    }

    fn deleted_while_it_makes_conversations_and_is_added_to_some(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.group("team", &["alice", "bob"]);
        let rooms: Vec<_> = (0..20).map(|number| bob.creates_group(&format!("Room {number}"))).collect();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let alice = alice.clone();
                scope.spawn(move || while alice.post("/v2/room", &[("roomType", "3"), ("roomName", "x")]).status == 201 {});
            }
            for half in rooms.chunks(10) {
                let bob = bob.clone();
                scope.spawn(move || {
                    for (number, room) in half.iter().enumerate() {
                        let (who, source) = if number % 2 == 0 { ("alice", "users") } else { ("team", "groups") };
                        let added = bob.post(&room.path("participants"), &[("newParticipant", who), ("source", source)]);
                        assert!([200, 404].contains(&added.status), "{}", added.body);
                    }
                });
            }
            app.admin().delete("/cloud/users/alice", &[]).is_ok();
        });
        // That she has no seat any more is looked at when the server is dropped.
        alice.get("/v2/room").is_refused(401);
    }

    fn a_deleted_account_leaves_its_conversations(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (shared, pair) = (alice.creates_group("Shared"), alice.talks_to("bob"));
        alice.adds(&shared, "bob").is_ok();
        app.admin().delete("/cloud/users/alice", &[]).is_ok();
        alice.get("/v2/room").is_refused(401);
        assert_eq!(bob.sees(&shared)["lastMessage"]["message"], "{actor} left the conversation");
        assert_eq!(bob.sees(&shared)["lastMessage"]["actorType"], "deleted_users");
        assert_eq!(bob.sees(&pair)["displayName"], "Deleted user (alice)");
        let listed = bob.get(&shared.path("participants")).is_ok();
        assert_eq!(participant_types(&listed), [("bob".to_owned(), 2)], "somebody has to moderate it");

        let again = app.user("alice");
        assert!(again.lists().is_empty(), "another one of the same name");
        again.get(&shared.path("")).is_refused(404);
        assert_ne!(again.talks_to("bob"), pair);
    }
}
