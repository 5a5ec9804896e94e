//! Calls and the lobby.

use serde_json::{Value, json};

use crate::guests::guest;
use crate::people::{Answer, Person, Room};
use crate::server::Server;
use crate::sessions::until;
use crate::stories;

fn calls(who: &Person<'_>, room: &Room, flags: &str) -> Answer {
    who.post(&format!("/v1/call/{}", room.0), &[("flags", flags)])
}

fn hangs_up(who: &Person<'_>, room: &Room) -> Answer {
    who.delete(&format!("/v2/call/{}", room.0), &[])
}

fn comes_online(who: &Person<'_>, room: &Room) -> Value {
    who.post(&room.path("participants/active"), &[]).is_ok()
}

fn last(who: &Person<'_>, room: &Room) -> String {
    who.sees(room)["lastMessage"]["message"].as_str().unwrap_or_default().to_owned()
}

stories! {
    fn a_call_is_begun_joined_left_and_over(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_public("Calls");
        alice.adds(&room, "bob").is_ok();
        calls(&alice, &room, "7").is_refused(404);
        for who in [&alice, &bob] {
            comes_online(who, &room);
        }
        calls(&bob, &room, "2").is_ok();
        assert_eq!(last(&alice, &room), "{actor} started a call");
        let in_call = |who: &Person<'_>| {
            let (v1, v2) = (who.get(&format!("/v1/room/{}", room.0)).is_ok(), who.sees(&room));
            assert_eq!((&v1["participantFlags"], &v1["hasCall"]), (&v2["participantFlags"], &v2["hasCall"]));
            (v2["hasCall"].clone(), v2["participantFlags"].clone(), v1["participantInCall"].clone())
        };
        assert_eq!(in_call(&bob), (json!(true), json!(3), json!(true)), "who is in it is in it");
        assert_eq!(in_call(&alice), (json!(true), json!(0), json!(false)));
        calls(&bob, &room, "16").is_refused(400);
        calls(&bob, &room, "11").is_ok();
        assert_eq!(in_call(&bob).1, json!(11));
        assert_eq!(last(&alice, &room), "{actor} started a call", "he was in it already");

        alice.post(&format!("/v2/call/{}", room.0), &[]).is_ok();
        assert_eq!((in_call(&alice).1, last(&bob, &room)), (json!(7), "{actor} joined the call".to_owned()));
        // A guest who comes while accounts are in the call changes nothing about these.
        let (gerda, _) = guest(app, &room);
        calls(&gerda, &room, "1").is_ok();
        let peers = gerda.get(&format!("/v1/call/{}", room.0)).is_ok();
        let peers: Vec<_> = peers.as_array().unwrap().iter().map(|peer| peer["userId"].clone()).collect();
        assert_eq!(peers, ["alice", "bob", ""]);
        app.nobody().get(&format!("/v1/call/{}", room.0)).is_refused(404);

        hangs_up(&bob, &room).is_ok();
        hangs_up(&bob, &room).is_ok();
        assert_eq!((in_call(&bob), last(&alice, &room)), ((json!(true), json!(0), json!(false)), "{actor} left the call".to_owned()));
        gerda.delete(&room.path("participants/active"), &[]).is_ok();
        assert_eq!(alice.sees(&room)["hasCall"], true);
        alice.delete(&room.path("participants/active"), &[]).is_ok();
        assert_eq!(in_call(&bob).0, json!(false));
        let over = last(&bob, &room);
        assert!(over.starts_with("Call with {user1}, {user2} and 1 guest (Duration 0:"), "{over}");
        hangs_up(&alice, &room).is_refused(404);
    }

    fn who_may_begin_a_call_is_a_setting(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_public("Calls");
        alice.adds(&room, "bob").is_ok();
        for who in [&alice, &bob] {
            comes_online(who, &room);
        }
        let ((gerda, _), (gisa, of_gisa)) = (guest(app, &room), guest(app, &room));
        alice.post(&room.path("moderators"), &[("sessionId", &of_gisa)]).is_ok();
        let may_begin = || [&alice, &bob, &gerda, &gisa].map(|who| {
            let seen = who.sees(&room)["canStartCall"].as_bool().unwrap();
            let called = calls(who, &room, "1").status;
            if called == 200 {
                hangs_up(who, &room).is_ok();
            }
            assert_eq!(called, if seen { 200 } else { 403 });
            seen
        });
        let setting = "/apps/provisioning_api/api/v1/config/apps/spreed/start_calls";
        for (value, who) in [("0", [true; 4]), ("1", [true, true, false, true]), ("2", [true, false, false, true])] {
            app.admin().post(setting, &[("value", value)]).is_ok();
            assert_eq!(may_begin(), who, "{value}");
        }
        calls(&alice, &room, "1").is_ok();
        for who in [&bob, &gerda] {
            calls(who, &room, "1").is_ok();
        }
    }

    fn the_lobby_keeps_all_but_moderators_waiting(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_public("Webinar");
        alice.adds(&room, "bob").is_ok();
        let (gerda, _) = guest(app, &room);
        for who in [&alice, &bob] {
            comes_online(who, &room);
        }
        for who in [&alice, &bob, &gerda] {
            calls(who, &room, "7").is_ok();
        }
        bob.put(&room.path("webinar/lobby"), &[("state", "1")]).is_refused(403);
        assert_eq!(alice.put(&room.path("webinary/lobby"), &[("state", "1")]).is_ok(), json!([]));
        assert_eq!((alice.sees(&room)["hasCall"].clone(), alice.sees(&room)["lobbyState"].clone()), (json!(true), json!(1)));
        for who in [&bob, &gerda] {
            comes_online(who, &room);
            let seen = who.sees(&room);
            assert_eq!((&seen["lobbyState"], &seen["hasCall"], &seen["lastMessage"]), (&json!(1), &json!(false), &json!([])));
            assert_eq!(seen["participantFlags"], 0, "out of the call");
            calls(who, &room, "7").is_refused(412);
            who.get(&format!("/v1/call/{}", room.0)).is_refused(412);
        }
        bob.get(&room.path("participants")).is_refused(412);
        alice.put(&room.path("webinar/lobby"), &[("state", "0")]).is_ok();
        calls(&bob, &room, "7").is_ok();
        assert_eq!(last(&alice, &room), "{actor} joined the call");
        let pair = alice.talks_to("bob");
        alice.put(&pair.path("webinar/lobby"), &[("state", "1")]).is_refused(400);
    }

    fn the_lobby_opens_by_itself_when_its_time_has_come(app: Server) {
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = alice.creates_group("Webinar");
        alice.adds(&room, "bob").is_ok();
        let now = comes_online(&alice, &room)["lastPing"].as_i64().unwrap();
        let timer = (now + 2).to_string();
        alice.put(&room.path("webinar/lobby"), &[("state", "1"), ("timer", &timer)]).is_ok();
        let waiting = bob.sees(&room);
        assert_eq!((&waiting["lobbyState"], &waiting["lobbyTimer"]), (&json!(1), &json!(now + 2)));
        until("the lobby opens", || bob.sees(&room)["lobbyState"] == 0);
        until("it is told", || bob.sees(&room)["lastMessage"]["systemMessage"] == "lobby_timer_reached");
        let seen = bob.sees(&room);
        assert_eq!(seen["lobbyTimer"], 0);
        assert!(seen["lastMessage"]["timestamp"].as_i64().unwrap() <= now + 4, "within a second: {seen}");
        assert_eq!(seen["lastMessage"]["message"], "The conversation is now open to everyone");
    }
}
