//! "Sending a new chat message".

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::{MessageId, Reason, Token};
use plauder_ocs::Answer;
use plauder_talk::chat::post;

use crate::api::manners::Chat;
use crate::api::objects::message::Message;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;

/// "Sending a new chat message".
pub(crate) struct PostMessage;

/// What [`PostMessage`] takes.
#[derive(Params)]
pub(crate) struct PostMessageParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The text, 1 to 32,000 characters.
    message: String,
    /// The id of the message that this one replies to; 0: none.
    reply_to: Option<MessageId>,
    /// An id of the client's own, by which it recognises the message; at most 64 characters are kept.
    #[param(default)]
    reference_id: String,
    /// The name of a guest; accounts have one of their own.
    #[param(default)]
    actor_display_name: String,
}

impl Operation for PostMessage {
    const META: Meta = Meta::post("/chat/{token}", "Send a chat message")
        .refuses(&[
            Reason::NotFound,
            Reason::Lobby,
            Reason::ReadOnly,
            Reason::Forbidden,
            Reason::MessageEmpty,
            Reason::MessageTooLong,
            Reason::NotReplyable,
        ])
        .effects(&[Effect::PostsMessage, Effect::MovesReadMarker, Effect::AddsAttendees])
        .features(&["chat-v2", "chat-replies", "chat-reference-id"]);
    type Policy = TalkUserOrGuest;
    type Params = PostMessageParams;
}

impl Handler<Chat> for PostMessage {
    fn responses() -> Responses {
        Responses::created::<Message>("The message.")
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        let view = request
            .write(|tx, principal, params| {
                let request = post::PostMessage {
                    message: params.message.clone(),
                    reply_to: params.reply_to.map_or(0, |id| id.0),
                    reference_id: params.reference_id.clone(),
                    display_name: params.actor_display_name.clone(),
                };
                post::post(tx, &principal.caller, &principal.settings, &params.token, &request)
            })
            .await?;
        Ok(Answer::created(Message::from(view)).into_response())
    }
}
