//! The Chat API.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use plauder_model::{MentionKind, MessageId};
use plauder_ocs::{Answer, Failure, Parameters};
use plauder_talk::chat::history::{self, Query, history};
use plauder_talk::chat::mention_suggestions::{self, Suggestion, suggest};
use plauder_talk::chat::{post, read_marker};
use serde::Serialize;

use super::{Done, RoomToken, Sent};
use crate::App;
use crate::caller::{Asker, Talk};
use crate::delivery::ready;
use crate::error::ApiError;
use crate::representation::message::Message;
use crate::waiting::{self, Visit};

/// How long a request may wait for messages, in seconds.
const LONGEST_WAIT: i64 = 60;

/// What somebody wants to read.
struct Wish {
    query: Query,
    into_future: bool,
    mark_read: bool,
    time: Duration,
}

impl Wish {
    fn of(parameters: &Parameters) -> Result<Self, Failure> {
        let number = |name: &str, default: i64| {
            let number = parameters.optional_integer(name)?.unwrap_or(default);
            if number < 0 {
                Err(Failure::bad_request(format!("{name} must not be negative")))
            } else {
                Ok(number)
            }
        };
        let into_future = match parameters.integer("lookIntoFuture")? {
            0 => false,
            1 => true,
            _ => {
                return Err(Failure::bad_request("lookIntoFuture has to be 0 (history) or 1 (new messages)"));
            }
        };
        let limit = number("limit", 100)?.min(history::MOST);
        if limit == 0 {
            return Err(Failure::bad_request("limit has to be 1 or more"));
        }
        let seconds = u64::try_from(number("timeout", 30)?.min(LONGEST_WAIT)).unwrap_or_default();
        Ok(Self {
            query: Query {
                last_known: MessageId(number("lastKnownMessageId", 0)?),
                include_last_known: parameters.yes_or("includeLastKnown", false)?,
                limit,
            },
            into_future,
            mark_read: parameters.yes_or("setReadMarker", true)?,
            time: Duration::from_secs(seconds),
        })
    }
}

/// Reads messages: back in the history, or what is new, and waits for it where there is nothing.
pub(crate) async fn read(
    State(app): State<App>,
    asker: Asker<Talk>,
    RoomToken(token): RoomToken,
    sent: Sent,
) -> Result<Response, ApiError> {
    let Wish { query, into_future, mark_read, time } = asker.checked(|| Wish::of(&sent?)).await?;
    if into_future {
        return Visit { app: &app, asker: &asker, token, query, mark_read }.wait(time).await;
    }
    let views = asker.read(move |tx, visitor| history(tx, &visitor.caller, &token, query)).await?;
    let messages: Option<Vec<_>> = views.into_iter().map(ready).collect();
    Ok(waiting::answer(messages.ok_or_else(Failure::internal)?))
}

/// Writes a message.
pub(crate) async fn post(
    asker: Asker<Talk>,
    token: RoomToken,
    sent: Sent,
) -> Result<Answer<Message>, ApiError> {
    let read = || {
        let parameters = sent?;
        Ok(post::Wish {
            message: parameters.text("message")?.to_owned(),
            reply_to: parameters.optional_integer("replyTo")?.unwrap_or(0),
            reference_id: parameters.text_or_empty("referenceId")?.to_owned(),
            display_name: parameters.text_or_empty("actorDisplayName")?.to_owned(),
        })
    };
    let wish = asker.checked(read).await?;
    let view = asker
        .write(move |tx, visitor| post::post(tx, &visitor.caller, &visitor.settings, &token.0, &wish))
        .await?;
    Ok(Answer::created(Message::from(view)))
}

/// Moves the marker of what one has read.
pub(crate) async fn set_read_marker(
    State(app): State<App>,
    asker: Asker<Talk>,
    RoomToken(token): RoomToken,
    sent: Sent,
) -> Done {
    let to = asker.checked(|| sent?.optional_integer("lastReadMessage")).await?;
    let wanted = token.clone();
    asker.write(move |tx, visitor| read_marker::set(tx, &visitor.caller, &wanted, to)).await?;
    // It says how far they had read, which may be more than now.
    app.tickets.forget(asker.credentials(), &token);
    Ok(Answer::done())
}

/// Somebody who could be mentioned.
#[derive(Debug, Serialize)]
pub(crate) struct Mentionable {
    id: String,
    label: String,
    source: MentionKind,
}

/// Suggests whom one could mention.
pub(crate) async fn mentions(
    asker: Asker<Talk>,
    token: RoomToken,
    sent: Sent,
) -> Result<Answer<Vec<Mentionable>>, ApiError> {
    let read = || {
        let parameters = sent?;
        let limit = parameters.optional_integer("limit")?.unwrap_or(20);
        if !(1..=mention_suggestions::MOST).contains(&limit) {
            return Err(Failure::bad_request("limit has to be 1 to 200"));
        }
        Ok((parameters.text("search")?.to_owned(), limit))
    };
    let (search, limit) = asker.checked(read).await?;
    let found = asker.read(move |tx, visitor| suggest(tx, &visitor.caller, &token.0, &search, limit)).await?;
    let mentionable = |Suggestion { id, label, source }| Mentionable { id, label, source };
    Ok(Answer::ok(found.into_iter().map(mentionable).collect()))
}
