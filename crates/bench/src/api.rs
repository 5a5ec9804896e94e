//! The calls of the API that load is made of.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use clap::ValueEnum;
use http_body_util::Full;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;

use crate::Failed;
use crate::client::{Answer, Connection};

/// Who a request is sent for: an account and what it signs in with.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: String,
    authorization: HeaderValue,
}

impl Account {
    /// An account that shows this password, or app password, with every request.
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
        let mut authorization = HeaderValue::try_from(basic).unwrap_or(HeaderValue::from_static(""));
        authorization.set_sensitive(true);
        Self { id: id.to_owned(), authorization }
    }
}

/// A version of the Conversation API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Version {
    /// The first one.
    V1,
    /// The second one.
    V2,
}

impl Version {
    /// As it stands in addresses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

/// A request, and the status that a right answer has.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    form: Bytes,
    expected: StatusCode,
    /// Another status that is right too.
    also: Option<StatusCode>,
}

impl Call {
    fn get(path: String) -> Self {
        Self { method: Method::GET, path, form: Bytes::new(), expected: StatusCode::OK, also: None }
    }

    fn post(path: String, expected: StatusCode, fields: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { method: Method::POST, path, form: form.into(), expected, also: None }
    }

    /// Makes an account; for administrators.
    pub(crate) fn create_account(id: &str, password: &str) -> Self {
        let fields = [("userid", id), ("password", password), ("displayName", id)];
        Self::post("/ocs/v2.php/cloud/users".to_owned(), StatusCode::OK, &fields)
    }

    /// Makes an app password for who asks with their own.
    pub(crate) fn app_password() -> Self {
        Self::get("/ocs/v2.php/core/getapppassword".to_owned())
    }

    /// Whether there is a server; asked by monitors, who have no account.
    pub(crate) fn status() -> Self {
        Self::get("/status.php".to_owned())
    }

    /// Get user's conversations.
    pub(crate) fn list(version: Version) -> Self {
        Self::get(rooms(version))
    }

    /// Get single conversation.
    pub(crate) fn single(version: Version, token: &str) -> Self {
        Self::get(format!("{}/{token}", rooms(version)))
    }

    /// Creating a new conversation: a group.
    pub(crate) fn create(version: Version, name: &str) -> Self {
        Self::post(rooms(version), StatusCode::CREATED, &[("roomType", "2"), ("roomName", name)])
    }

    /// Add a participant.
    pub(crate) fn add_participant(token: &str, id: &str) -> Self {
        let path = format!("{}/{token}/participants", rooms(Version::V2));
        Self::post(path, StatusCode::OK, &[("newParticipant", id), ("source", "users")])
    }

    /// Send a chat message.
    pub(crate) fn say(token: &str, text: &str) -> Self {
        Self::post(chat(token), StatusCode::CREATED, &[("message", text)])
    }

    /// The last 100 messages.
    pub(crate) fn history(token: &str) -> Self {
        Self::get(format!("{}?lookIntoFuture=0&limit=100&setReadMarker=0", chat(token)))
    }

    /// Waits up to 30 seconds for what comes after a message; 304 where nothing does.
    pub(crate) fn wait(token: &str, last_known: i64) -> Self {
        let path = chat(token);
        let query = format!("lookIntoFuture=1&timeout=30&lastKnownMessageId={last_known}&setReadMarker=0");
        Self { also: Some(StatusCode::NOT_MODIFIED), ..Self::get(format!("{path}?{query}")) }
    }

    /// What is sent for `account`.
    pub(crate) fn request(
        &self,
        connection: &Connection,
        account: &Account,
    ) -> Result<Request<Full<Bytes>>, Failed> {
        let site = &connection.site;
        let mut request = Request::builder()
            .method(&self.method)
            .uri(format!("{}{}", site.prefix, self.path))
            .header(HOST, site.authority.as_str())
            .header(USER_AGENT, "plauder-bench")
            .header(AUTHORIZATION, &account.authorization)
            .header("ocs-apirequest", "true")
            .header(ACCEPT, "application/json");
        if self.method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        Ok(request.body(Full::new(self.form.clone()))?)
    }

    /// Sends it for `account`. Any other status than those that are right is an error.
    pub(crate) async fn send(
        &self,
        connection: &mut Connection,
        account: &Account,
    ) -> Result<Answer, Failed> {
        let request = self.request(connection, account)?;
        let answer = connection.send(request).await?;
        if answer.status == self.expected || Some(answer.status) == self.also {
            return Ok(answer);
        }
        let excerpt: String = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
        let Self { method, path, expected, .. } = self;
        Err(format!("{method} {path} was answered {} instead of {expected}: {excerpt}", answer.status).into())
    }
}

fn rooms(version: Version) -> String {
    format!("/ocs/v2.php/apps/spreed/api/{}/room", version.name())
}

fn chat(token: &str) -> String {
    format!("/ocs/v2.php/apps/spreed/api/v1/chat/{token}")
}

/// One call after the other: what a load sends, by its number. Clones are the same.
pub(crate) type Calls = Arc<dyn Fn(u64) -> (Arc<Account>, Call) + Send + Sync>;

#[derive(Deserialize)]
struct Envelope<T> {
    ocs: Data<T>,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Room {
    token: String,
}

#[derive(Deserialize)]
struct Message {
    id: i64,
}

#[derive(Deserialize)]
struct Secret {
    apppassword: String,
}

fn data<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<T, Failed> {
    let envelope: Envelope<T> = serde_json::from_slice(&answer.body)?;
    Ok(envelope.ocs.data)
}

/// The token of a conversation that was made.
pub(crate) fn token(answer: &Answer) -> Result<String, Failed> {
    Ok(data::<Room>(answer)?.token)
}

/// The id of a message that was written.
pub(crate) fn message_id(answer: &Answer) -> Result<i64, Failed> {
    Ok(data::<Message>(answer)?.id)
}

/// The ids of messages, in their order.
pub(crate) fn message_ids(answer: &Answer) -> Result<Vec<i64>, Failed> {
    Ok(data::<Vec<Message>>(answer)?.into_iter().map(|message| message.id).collect())
}

/// The app password that was made.
pub(crate) fn app_password(answer: &Answer) -> Result<String, Failed> {
    Ok(data::<Secret>(answer)?.apppassword)
}

/// The last message that an answer to a poll contains: the header `X-Chat-Last-Given`.
pub(crate) fn last_given(answer: &Answer) -> Result<i64, Failed> {
    let header = answer.headers.get("x-chat-last-given").ok_or("messages without X-Chat-Last-Given")?;
    Ok(header.to_str()?.parse()?)
}
