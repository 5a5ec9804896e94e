//! People who use a server, and what they do, so that tests read as stories.

use serde_json::Value;
use ureq::http::Method;
use ureq::{Agent, Body, http};

use crate::server::Server;

/// Somebody with a client.
#[derive(Clone)]
pub(crate) struct Person<'a> {
    server: &'a Server,
    agent: Agent,
    headers: Vec<(&'static str, String)>,
}

/// A conversation by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Room(pub(crate) String);

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).build().into()
}

impl<'a> Person<'a> {
    pub(crate) fn new(server: &'a Server, id: &str, secret: &str) -> Self {
        Self::nobody(server).showing("authorization", basic(id, secret))
    }

    pub(crate) fn nobody(server: &'a Server) -> Self {
        let headers = vec![("ocs-apirequest", "true".to_owned()), ("accept", "application/json".to_owned())];
        Self { server, agent: agent(), headers }
    }

    /// The same with another header; an empty value takes it away.
    pub(crate) fn showing(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.headers.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.headers.push((name, value));
        }
        self
    }

    /// Where the server serves.
    pub(crate) fn base(&self) -> &str {
        &self.server.base
    }

    /// What it shows of itself.
    pub(crate) fn authorization(&self) -> &str {
        let shown = self.headers.iter().find(|(name, _)| *name == "authorization");
        shown.map_or("", |(_, value)| value)
    }

    /// Sends a request: below `/ocs/v2.php` where the path begins with `/cloud`, `/core` or `/apps`, below the API of
    /// Talk where it begins with a version, else as it is.
    pub(crate) fn sends(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.tries(method, path, fields).expect("the server answers")
    }

    /// The same, where the server may be gone.
    pub(crate) fn tries(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let request = self.request(method, path);
        let url = url_of(&request);
        let answer = if fields.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            let encoded: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            self.agent.run(request.body(encoded.join("&")).unwrap())
        };
        Answer::new(method, &url, answer?)
    }

    /// Sends a body of that media type as it is.
    pub(crate) fn sends_body(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Answer {
        let request = self.request(method, path).header("content-type", media_type);
        let url = url_of(&request);
        Answer::new(method, &url, self.agent.run(request.body(body).unwrap()).unwrap()).unwrap()
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let mut url = self.server.base.clone();
        if path.starts_with("/v1/") || path.starts_with("/v2/") {
            url.push_str("/ocs/v2.php/apps/spreed/api");
        } else if ["/cloud", "/core", "/apps"].iter().any(|start| path.starts_with(start)) {
            url.push_str("/ocs/v2.php");
        }
        url.push_str(path);
        let mut request =
            http::Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.sends("GET", path, &[])
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends("POST", path, fields)
    }

    pub(crate) fn put(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends("PUT", path, fields)
    }

    pub(crate) fn delete(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends("DELETE", path, fields)
    }

    pub(crate) fn creates_group(&self, name: &str) -> Room {
        Room::new(&self.post("/v2/room", &[("roomType", "2"), ("roomName", name)]).is(201))
    }

    pub(crate) fn creates_public(&self, name: &str) -> Room {
        Room::new(&self.post("/v2/room", &[("roomType", "3"), ("roomName", name)]).is(201))
    }

    pub(crate) fn talks_to(&self, other: &str) -> Room {
        Room::new(&self.post("/v2/room", &[("roomType", "1"), ("invite", other)]).data())
    }

    pub(crate) fn adds(&self, room: &Room, newcomer: &str) -> Answer {
        self.post(&room.path("participants"), &[("newParticipant", newcomer)])
    }

    pub(crate) fn renames(&self, room: &Room, name: &str) -> Answer {
        self.put(&room.path(""), &[("roomName", name)])
    }

    pub(crate) fn opens(&self, room: &Room) -> Answer {
        self.post(&room.path("public"), &[])
    }

    pub(crate) fn closes(&self, room: &Room) -> Answer {
        self.delete(&room.path("public"), &[])
    }

    pub(crate) fn locks(&self, room: &Room) -> Answer {
        self.put(&room.path("read-only"), &[("state", "1")])
    }

    pub(crate) fn leaves(&self, room: &Room) -> Answer {
        self.delete(&room.path("participants/self"), &[])
    }

    pub(crate) fn removes(&self, room: &Room, who: &str) -> Answer {
        self.delete(&room.path("participants"), &[("participant", who)])
    }

    pub(crate) fn deletes(&self, room: &Room) -> Answer {
        self.delete(&room.path(""), &[])
    }

    /// One conversation in API v2.
    pub(crate) fn sees(&self, room: &Room) -> Value {
        self.get(&room.path("")).is_ok()
    }

    /// All conversations in API v2.
    pub(crate) fn lists(&self) -> Vec<Value> {
        self.get("/v2/room").is_ok().as_array().unwrap().clone()
    }
}

impl Room {
    pub(crate) fn new(data: &Value) -> Self {
        Self(data["token"].as_str().unwrap().to_owned())
    }

    pub(crate) fn path(&self, below: &str) -> String {
        let slash = if below.is_empty() { "" } else { "/" };
        format!("/v2/room/{}{slash}{below}", self.0)
    }
}

impl Answer {
    /// Reads the answer to a request. It has to be as the server's OpenAPI documents say.
    fn new(method: &str, url: &http::Uri, response: http::Response<Body>) -> Result<Self, ureq::Error> {
        let (parts, mut body) = response.into_parts();
        let body = body.read_to_string()?;
        let answer = Self { status: parts.status.as_u16(), headers: parts.headers, body };
        let checked = plauder_contract::check(&plauder_contract::Answer {
            method,
            path: url.path(),
            status: answer.status,
            content_type: answer.header("content-type"),
            body: &answer.body,
        });
        if let Err(problem) = checked {
            panic!("not as the OpenAPI document says: {problem}");
        }
        Ok(answer)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The data in the envelope.
    pub(crate) fn data(&self) -> Value {
        self.json()["ocs"]["data"].clone()
    }

    /// The sentence in the envelope.
    pub(crate) fn message(&self) -> String {
        self.json()["ocs"]["meta"]["message"].as_str().unwrap_or_default().to_owned()
    }

    /// It has to have this status; gives the data.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.data()
    }

    #[track_caller]
    pub(crate) fn is_ok(&self) -> Value {
        self.is(200)
    }

    /// It has to be refused with this status; gives the sentence.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16) -> String {
        assert_eq!(self.is(status), Value::Array(Vec::new()));
        assert_eq!(self.json()["ocs"]["meta"]["status"], "failure");
        self.message()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Where a request goes.
fn url_of(request: &http::request::Builder) -> http::Uri {
    request.uri_ref().cloned().unwrap_or_default()
}

/// `Authorization: Basic`.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    basic_of_bytes(format!("{id}:{secret}").as_bytes())
}

/// `Authorization: Basic` with credentials in any encoding.
pub(crate) fn basic_of_bytes(credentials: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::from("Basic ");
    for chunk in credentials.chunks(3) {
        let word =
            chunk.iter().fold(0, |word, byte| word << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = ALPHABET[word >> (18 - 6 * place) & 63];
            encoded.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    encoded
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
