//! Notifications of accounts.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::people::{Answer, Person, Room};
use crate::server::Server;
use crate::stories;

const NOTIFICATIONS: &str = "/apps/notifications/api/v2/notifications";

impl Person<'_> {
    fn notifications(&self) -> Vec<Value> {
        self.get(NOTIFICATIONS).is_ok().as_array().unwrap().clone()
    }

    fn subjects(&self) -> Vec<String> {
        self.notifications().iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
    }

    fn forgets(&self, id: &Value) -> Answer {
        self.delete(&format!("{NOTIFICATIONS}/{id}"), &[])
    }
}

macro_rules! shows {
    ($app:expr, $name:literal, $notified:expr, $room:expr) => {{
        let notified = serde_json::to_string(&$notified).unwrap().replace(&$room.0, "TOKEN").replace(&$app.base, "BASE");
        let notified: Value = serde_json::from_str(&notified).unwrap();
        assert_json_snapshot!($name, notified, {
            ".**.notification_id" => "[id]", ".**.call.id" => "[id]", ".**.datetime" => "[time]",
            ".**.object_id" => "[object]", ".**.link" => "[link]",
        });
    }};
}

/// Reads the chat to its end.
fn reads(one: &Person<'_>, room: &Room) {
    one.post(&format!("/v1/chat/{}/read", room.0), &[]).is_ok();
}

stories! {
    fn told_shown_and_gone(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("News");
        alice.adds(&room, "bob").is_ok();
        shows!(app, "invitation", bob.notifications(), room);
        let said = alice.says(&room, "Look, @bob and @all").is(201)["id"].clone();
        let notified = bob.notifications();
        shows!(app, "mention", notified[0], room);
        assert_eq!(notified[0]["object_id"], format!("{}/{said}", room.0));
        assert!(notified[0]["link"].as_str().unwrap().ends_with(&format!("/call/{}#message_{said}", room.0)));
        assert_eq!(notified[0]["datetime"].as_str().unwrap().len(), "2020-09-13T12:26:40+00:00".len());
        reads(&bob, &room);
        assert_eq!(bob.subjects(), Vec::<String>::new());
        alice.post(&room.path("participants/active"), &[]).is_ok();
        alice.post(&format!("/v2/call/{}", room.0), &[("flags", "3")]).is_ok();
        shows!(app, "call", bob.notifications(), room);
        alice.delete(&format!("/v2/call/{}", room.0), &[]).is_ok();
        assert_eq!(bob.subjects(), ["You missed a group call in News"]);
        bob.post(&room.path("participants/active"), &[]).is_ok();
        bob.post(&format!("/v2/call/{}", room.0), &[("flags", "3")]).is_ok();
        assert_eq!(bob.subjects(), Vec::<String>::new());
        assert_eq!(alice.subjects(), ["A group call has started in News"], "she is online, but not in this one");
    }

    fn between_two(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let pair = alice.talks_to("bob");
        let one = alice.says(&pair, "Hello").is(201)["id"].to_string();
        assert_eq!(bob.subjects(), ["Alice sent you a private message", "Alice invited you to a private conversation"]);
        shows!(app, "private_message", bob.notifications()[0], pair);
        let answer = [("message", "Yes"), ("replyTo", one.as_str())];
        bob.post(&format!("/v1/chat/{}", pair.0), &answer).is(201);
        assert_eq!((bob.subjects().len(), alice.subjects()), (0, vec!["Bob replied to your private message".to_owned()]));
        bob.leaves(&pair).is_ok();
        alice.says(&pair, "Still there?").is(201);
        assert_eq!(bob.subjects(), ["Alice sent you a private message"]);
        bob.leaves(&pair).is_ok();
        assert_eq!(bob.subjects(), Vec::<String>::new());
    }

    fn everybody_sees_and_forgets_their_own(app: Server) {
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = alice.creates_group("News");
        for friend in ["bob", "carla"] {
            alice.adds(&room, friend).is_ok();
        }
        alice.says(&room, "@all").is(201);
        let id = bob.notifications()[0]["notification_id"].clone();
        assert_eq!(bob.get(&format!("{NOTIFICATIONS}/{id}")).is_ok(), bob.notifications()[0]);
        for (one, id) in [(&carla, id.to_string()), (&bob, "999999999".to_owned()), (&bob, "x".to_owned())] {
            assert_eq!(one.get(&format!("{NOTIFICATIONS}/{id}")).is(404), Value::Null);
            one.delete(&format!("{NOTIFICATIONS}/{id}"), &[]).is_ok();
        }
        let xml = carla.clone().showing("accept", "application/xml").get(&format!("{NOTIFICATIONS}/{id}"));
        assert_eq!(xml.status, 404);
        let xml = bob.clone().showing("accept", "application/xml").get(NOTIFICATIONS);
        assert!(xml.body.contains("<subject>Alice mentioned everyone in conversation News</subject>"), "{}", xml.body);
        let asked = [("ids[]", id.to_string()), ("ids[]", "999999999".to_owned())];
        let asked = asked.each_ref().map(|(name, id)| (*name, id.as_str()));
        assert_eq!(bob.post(&format!("{NOTIFICATIONS}/exists"), &asked).is_ok(), json!([id]));
        assert_eq!(carla.post(&format!("{NOTIFICATIONS}/exists"), &asked).is_ok(), json!([]));
        assert!(carla.post(&format!("{NOTIFICATIONS}/exists"), &[("ids[]", "x")]).is_refused(400).contains("ids"));

        let seen = bob.get(NOTIFICATIONS);
        let tag = seen.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "{tag}");
        let again = bob.clone().showing("if-none-match", &tag).get(NOTIFICATIONS);
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
        assert_eq!(carla.clone().showing("if-none-match", &tag).get(NOTIFICATIONS).status, 200);
        bob.forgets(&id).is_ok();
        bob.forgets(&id).is_ok();
        let changed = bob.showing("if-none-match", &tag).get(NOTIFICATIONS);
        assert_eq!(changed.is_ok().as_array().unwrap().len(), 1);
        assert_eq!(carla.notifications().len(), 2);
        carla.delete(NOTIFICATIONS, &[]).is_ok();
        assert_eq!(carla.notifications(), Vec::<Value>::new());
        app.nobody().get(NOTIFICATIONS).is_refused(401);
        let shown = alice.get("/cloud/capabilities").is_ok();
        assert_eq!(shown["capabilities"]["notifications"]["ocs-endpoints"], json!(["list", "get", "delete", "delete-all", "exists"]));
    }

    /// Writing, reading and leaving at the same time; afterwards the store is looked through.
    fn many_at_once(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_public("Room");
        let friends: Vec<_> = (0..6).map(|number| app.user(&format!("friend{number}"))).collect();
        for number in 0..6 {
            alice.adds(&room, &format!("friend{number}")).is_ok();
        }
        let pairs: Vec<_> = (0..6).map(|number| alice.talks_to(&format!("friend{number}"))).collect();
        std::thread::scope(|scope| {
            for (number, friend) in friends.iter().enumerate() {
                let (room, pair, alice) = (&room, &pairs[number], &alice);
                scope.spawn(move || {
                    for round in 0..8 {
                        friend.says(room, "@all and @alice").is(201);
                        alice.says(pair, "Hi").is(201);
                        friend.post(&format!("/v1/chat/{}/read", room.0), &[]).is_ok();
                        if round == 7 && number < 3 {
                            friend.leaves(room).is_ok();
                        }
                    }
                });
            }
        });
        assert_eq!(alice.notifications().len(), 48);
        app.admin().delete("/cloud/users/friend5", &[]).is_ok();
        assert_eq!(friends[0].notifications().iter().filter(|one| one["subject"].as_str().unwrap().contains("Room")).count(), 0);
    }
}
