//! Requests drawn by chance: whatever is sent, the server answers it and does not fail.

use plauder_model::Rng as _;
use plauder_model::rng::SeededRng;

use crate::http_edge::raw;
use crate::server::Server;
use crate::stories;

const PATHS: [&str; 24] = [
    "/ocs/v2.php/apps/spreed/api/v2/room",
    "/ocs/v1.php/apps/spreed/api/v1/room",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/public",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/read-only",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/password",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/notify",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/participants",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/participants/active",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/moderators",
    "/ocs/v2.php/apps/spreed/api/v2/room/{}/webinar/lobby",
    "/ocs/v2.php/apps/spreed/api/v1/call/{}",
    "/ocs/v2.php/apps/spreed/api/v1/chat/{}",
    "/ocs/v2.php/apps/spreed/api/v1/chat/{}/read",
    "/ocs/v2.php/apps/spreed/api/v1/chat/{}/mentions",
    "/ocs/v2.php/apps/spreed/api/v1/guest/{}/name",
    "/ocs/v2.php/cloud/users",
    "/ocs/v2.php/cloud/users/{}",
    "/ocs/v2.php/cloud/groups",
    "/ocs/v2.php/cloud/groups/{}",
    "/ocs/v2.php/apps/circles/circles",
    "/ocs/v2.php/apps/circles/circles/{}/members",
    "/ocs/v2.php/apps/notifications/api/v2/notifications/exists",
    "/ocs/v2.php/apps/provisioning_api/api/v1/config/apps/spreed/{}",
];
const NAMES: [&str; 22] = [
    "roomType",
    "roomName",
    "invite",
    "source",
    "state",
    "timer",
    "level",
    "password",
    "newParticipant",
    "participant",
    "message",
    "replyTo",
    "referenceId",
    "lookIntoFuture",
    "lastKnownMessageId",
    "limit",
    "search",
    "lastReadMessage",
    "displayName",
    "name",
    "value",
    "ids",
];
const VALUES: [&str; 20] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "9223372036854775807",
    "-9223372036854775808",
    "1e999",
    "",
    "alice",
    "all",
    "%00",
    "%ff",
    "%E2%80%8B",
    "%F0%9F%8D%B0",
    "@alice",
    "a%2Fb",
    "true",
    "%27%3B--",
    "{}",
];
const SEGMENTS: [&str; 6] = ["alice", "%00", "%ff", "..", "1", "%F0%9F%8D%B0"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

/// The same draws in every run.
struct Draw(SeededRng);

impl Draw {
    fn below(&self, count: usize) -> usize {
        let mut bytes = [0_u8; 2];
        self.0.fill(&mut bytes);
        usize::from(u16::from_le_bytes(bytes)) % count
    }

    fn from<'a>(&self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn pairs(&self, count: usize) -> Vec<(&'static str, &'static str)> {
        (0..count).map(|_| (self.from(&NAMES), self.from(&VALUES))).collect()
    }

    fn form(&self, count: usize) -> String {
        self.pairs(count).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    fn json(&self) -> String {
        let members = self.pairs(4).into_iter().map(|(name, value)| match value.parse::<f64>() {
            Ok(_) => format!("\"{name}\":{value}"),
            Err(_) => format!("\"{name}\":[\"{value}\",null,{{}}]"),
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// A media type, and a body that may be of it.
    fn body(&self) -> (&'static str, String) {
        match self.below(4) {
            0 => ("application/json", self.json()),
            1 => {
                let part =
                    format!("--B\r\nContent-Disposition: form-data; name={}\r\n\r\n", self.from(&NAMES));
                ("multipart/form-data; boundary=B", format!("{part}{}\r\n--B--", self.from(&VALUES)))
            }
            2 => ("text/plain", "x".to_owned()),
            _ => ("application/x-www-form-urlencoded", self.form(6)),
        }
    }
}

stories! {
    fn no_request_makes_the_server_fail(app: Server) {
        let (alice, admin) = (app.user("alice"), app.admin());
        let room = alice.creates_public("Room");
        let draw = Draw(SeededRng::new(11));
        for round in 0..400 {
            let segment = if draw.below(3) > 0 { room.0.as_str() } else { draw.from(&SEGMENTS) };
            let path = draw.from(&PATHS).replace("{}", segment);
            // The story's people stay as they are.
            let method = draw.from(if path.ends_with("alice") { &METHODS[..1] } else { &METHODS });
            let (kind, body) = draw.body();
            let path = format!("{path}?timeout=0&{}", draw.form(3));
            let who = [&alice, &admin, &app.nobody()][draw.below(3)].clone();
            let (status, answer) = raw(&who, method, &path, &[("content-type", kind)], body.as_bytes());
            assert!((200..500).contains(&status), "round {round}: {method} {path} {kind} {body}: {answer}");
        }
    }
}
