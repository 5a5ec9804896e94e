//! Conversations in which somebody asks for the password of a share.

use serde_json::json;

use crate::guests::guest;
use crate::people::Room;
use crate::server::Server;
use crate::stories;

stories! {
    fn the_share_service_makes_them_for_the_owner_of_a_share(app: Server) {
        let (alice, bob, files) = (app.user("alice"), app.user("bob"), app.user("files"));
        let wish = [("shareToken", "s3cr3t"), ("owner", "alice"), ("name", "Plans.odt")];
        let request = "/v1/publicshareauth";
        for who in [&alice, &files, &app.nobody()] {
            who.post(request, &wish).is_refused(404);
        }
        let setting = "/apps/provisioning_api/api/v1/config/apps/spreed/share_service";
        app.admin().post(setting, &[("value", "not/an/id")]).is_refused(400);
        app.admin().post(setting, &[("value", "files")]).is_ok();
        for who in [&alice, &app.nobody()] {
            who.post(request, &wish).is_refused(403);
        }
        files.post(request, &[wish[0], ("owner", "nobody"), wish[2]]).is_refused(404);
        files.post(request, &[wish[1], wish[2]]).is_refused(400);
        files.post("/v2/publicshareauth", &wish).is_refused(404);

        let created = files.post(request, &wish).is(201);
        assert_eq!((&created["name"], &created["displayName"]), (&json!("Plans.odt"), &json!("Password request: Plans.odt")));
        let room = Room::new(&created);
        assert!(files.lists().is_empty(), "it is not for the service");
        let seen = alice.sees(&room);
        assert_eq!((&seen["objectType"], &seen["objectId"]), (&json!("share:password"), &json!("s3cr3t")));
        assert_eq!((&seen["type"], &seen["participantType"]), (&json!(3), &json!(1)));
        assert_eq!(seen["displayName"], "Password request: Plans.odt");
        let (asking, _) = guest(app, &room);
        assert_eq!(asking.sees(&room)["displayName"], "Password request: Plans.odt");
        alice.put(&room.path("webinar/lobby"), &[("state", "1")]).is_refused(400);
        alice.adds(&room, "bob").is_refused(400);
        assert_eq!(bob.sees(&room)["objectType"], "", "a stranger sees next to nothing");

        app.admin().delete(setting, &[]).is_ok();
        files.post(request, &wish).is_refused(404);
        assert_eq!(alice.lists().len(), 1, "what is there stays");
    }
}
