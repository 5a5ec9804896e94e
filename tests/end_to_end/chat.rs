//! The Chat API: messages are written and read back.

use serde_json::Value;

use crate::people::{Answer, Person, Room};
use crate::server::Server;
use crate::stories;

impl Person<'_> {
    pub(crate) fn says(&self, room: &Room, text: &str) -> Answer {
        self.post(&format!("/v1/chat/{}", room.0), &[("message", text)])
    }

    /// Waits up to `seconds` for what comes after the message `known`.
    pub(crate) fn waits(&self, room: &Room, known: i64, seconds: u32) -> Answer {
        let path =
            format!("/v1/chat/{}?lookIntoFuture=1&lastKnownMessageId={known}&timeout={seconds}", room.0);
        self.get(&path)
    }

    pub(crate) fn reads_back(&self, room: &Room, more: &str) -> Answer {
        self.get(&format!("/v1/chat/{}?lookIntoFuture=0{more}", room.0))
    }
}

pub(crate) fn ids(messages: &Value) -> Vec<i64> {
    messages.as_array().unwrap().iter().map(|message| message["id"].as_i64().unwrap()).collect()
}

pub(crate) fn texts(messages: &Value) -> Vec<&str> {
    messages.as_array().unwrap().iter().map(|message| message["message"].as_str().unwrap()).collect()
}

pub(crate) fn id(message: &Value) -> i64 {
    message["id"].as_i64().unwrap()
}

stories! {
    fn pages_of_the_history(app: Server) {
        let alice = app.user("alice");
        let room = alice.creates_group("Room");
        let said: Vec<i64> = (0..5).map(|n| id(&alice.says(&room, &format!("Text {n}")).is(201))).collect();
        let page = alice.reads_back(&room, "&limit=2");
        assert_eq!(texts(&page.is_ok()), ["Text 4", "Text 3"]);
        assert_eq!(page.header("x-chat-last-given"), said[3].to_string());
        let page = alice.reads_back(&room, &format!("&limit=2&lastKnownMessageId={}", said[3]));
        assert_eq!(texts(&page.is_ok()), ["Text 2", "Text 1"]);
        let page = alice.reads_back(&room, &format!("&limit=2&lastKnownMessageId={}&includeLastKnown=1", said[3]));
        assert_eq!(texts(&page.is_ok()), ["Text 3", "Text 2"]);
        let nothing = alice.reads_back(&room, "&lastKnownMessageId=1");
        assert_eq!((nothing.status, nothing.body.as_str()), (304, ""));
        assert_eq!(texts(&alice.waits(&room, said[2], 0).is_ok()), ["Text 3", "Text 4"]);
        for (wrong, named) in [("lookIntoFuture=2", "lookIntoFuture"), ("lookIntoFuture=0&limit=0", "limit"),
                               ("lookIntoFuture=1&timeout=-1", "timeout"), ("", "lookIntoFuture"),
                               ("lookIntoFuture=0&lastKnownMessageId=x", "lastKnownMessageId")] {
            let said = alice.get(&format!("/v1/chat/{}?{wrong}", room.0)).is_refused(400);
            assert!(said.contains(named), "{said}");
        }
        let xml = alice.clone().showing("accept", "application/xml").reads_back(&room, "&limit=1");
        assert!(xml.body.contains("<message>Text 4</message>"), "{}", xml.body);
        let xml = alice.clone().showing("accept", "application/xml").waits(&room, said[3], 0);
        assert!(xml.body.contains("<element>") && xml.body.contains("<message>Text 4</message>"), "{}", xml.body);
    }

    fn who_may_read_and_write(app: Server) {
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = alice.creates_public("Room");
        alice.adds(&room, "bob").is_ok();
        for outside in [carla, app.nobody()] {
            outside.says(&room, "Hi").is_refused(404);
            outside.waits(&room, 0, 0).is_refused(404);
            outside.post(&format!("/v1/chat/{}/read", room.0), &[("lastReadMessage", "1")]).is_refused(404);
        }
        alice.put(&room.path("webinar/lobby"), &[("state", "1")]).is_ok();
        bob.says(&room, "Hi").is_refused(412);
        bob.waits(&room, 0, 0).is_refused(412);
        alice.says(&room, "Soon").is(201);
        alice.put(&room.path("webinary/lobby"), &[("state", "0")]).is_ok();
        alice.locks(&room).is_ok();
        alice.says(&room, "Hi").is_refused(403);
        assert!(!ids(&bob.waits(&room, 0, 0).is_ok()).is_empty(), "reading is left to everybody");
    }

    fn the_marker_follows_who_waits(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Room");
        alice.adds(&room, "bob").is_ok();
        let one = id(&alice.says(&room, "One").is(201));
        let two = id(&alice.says(&room, "Two for @bob").is(201));
        assert_eq!(bob.waits(&room, 0, 0).status, 200);
        assert_eq!((&bob.sees(&room)["unreadMessages"], &bob.sees(&room)["unreadMention"]), (&Value::from(2), &Value::from(true)));
        bob.waits(&room, one, 0).is_ok();
        assert_eq!(bob.sees(&room)["lastReadMessage"], one);
        let path = format!("/v1/chat/{}?lookIntoFuture=1&timeout=0&setReadMarker=0&lastKnownMessageId={two}", room.0);
        assert_eq!(bob.get(&path).status, 304);
        assert_eq!(bob.sees(&room)["lastReadMessage"], one);
        assert_eq!(bob.waits(&room, i64::MAX, 0).status, 304);
        assert_eq!((&bob.sees(&room)["lastReadMessage"], &bob.sees(&room)["unreadMention"]), (&Value::from(two), &Value::from(false)));
        let read = format!("/v1/chat/{}/read", room.0);
        bob.post(&read, &[("lastReadMessage", &one.to_string())]).is_ok();
        assert_eq!(bob.sees(&room)["unreadMessages"], 1);
        bob.post(&read, &[]).is_ok();
        assert_eq!(bob.sees(&room)["unreadMessages"], 0);
        bob.post(&read, &[("lastReadMessage", "-1")]).is_ok();
        assert_eq!(bob.sees(&room)["lastReadMessage"], 0, "negative ids mean none");
    }
}
