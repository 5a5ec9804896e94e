//! "Receive chat messages of a conversation": back in the history, or those that are new, for which it waits.

use std::time::Duration;

use plauder_derive::Params;
use plauder_model::{MessageId, Reason, Token};
use plauder_ocs::Failure;
use plauder_talk::chat::history::{self, Query, history};

use crate::api::manners::Chat;
use crate::api::objects::message::Message;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;
use crate::delivery::prerender;
use crate::long_poll::{self, LongPoll};

/// The longest time that a request may wait for messages, in seconds.
const MAX_WAIT: i64 = 60;

/// "Receive chat messages of a conversation".
pub(crate) struct ReceiveMessages;

/// What [`ReceiveMessages`] takes.
#[derive(Params)]
pub(crate) struct ReceiveMessagesParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// 0: messages before the known one, the newest first; 1: those after it, the oldest first.
    #[param(min = 0, max = 1)]
    look_into_future: i64,
    /// How many messages are returned; at most 200.
    #[param(default = 100, min = 1)]
    limit: i64,
    /// The last message that the client knows; absent, 0 or negative: none.
    last_known_message_id: Option<MessageId>,
    /// How long to wait for new messages, in seconds; at most 60.
    #[param(default = 30, min = 0)]
    timeout: i64,
    /// Whether the caller has read the messages up to the known one.
    #[param(default = true)]
    set_read_marker: bool,
    /// Whether the known message is returned too.
    #[param(default)]
    include_last_known: bool,
}

impl Operation for ReceiveMessages {
    const META: Meta = Meta::get("/chat/{token}", "Receive chat messages")
        .refuses(&[Reason::NotFound, Reason::Lobby])
        .effects(&[Effect::MovesReadMarker])
        .features(&["chat-v2", "chat-replies", "chat-reference-id", "system-messages", "no-ping"]);
    type Policy = TalkUserOrGuest;
    type Params = ReceiveMessagesParams;
}

impl Handler<Chat> for ReceiveMessages {
    fn responses() -> Responses {
        Responses::ok::<Vec<Message>>("Messages; `X-Chat-Last-Given` holds the id of the last one.")
            .and_empty(304, "There is nothing new.")
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        let params = &request.params;
        let query = Query {
            last_known: params.last_known_message_id.unwrap_or(MessageId(0)),
            include_last_known: params.include_last_known,
            limit: params.limit.min(history::MAX_MESSAGES),
        };
        // New messages: `long_poll.rs`, with the use cases `talk::chat::new_messages` and `record_presence`.
        if params.look_into_future == 1 {
            let seconds = u64::try_from(params.timeout.min(MAX_WAIT)).unwrap_or_default();
            let (token, mark_read) = (params.token.clone(), params.set_read_marker);
            let poll = LongPoll { app: &request.app, request: &request, token, query, mark_read };
            return poll.wait(Duration::from_secs(seconds)).await;
        }
        let views = request
            .read(move |tx, principal, params| history(tx, &principal.caller, &params.token, query))
            .await?;
        let messages: Option<Vec<_>> = views.into_iter().map(prerender).collect();
        Ok(long_poll::answer(messages.ok_or_else(Failure::internal)?))
    }
}
