//! "Mark chat as read".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::chat::read_marker;

use crate::api::manners::{Chat, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;

/// "Mark chat as read".
pub(crate) struct SetReadMarker;

/// What [`SetReadMarker`] takes.
#[derive(Params)]
pub(crate) struct SetReadMarkerParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The last message that was read; absent: the last one of the conversation; 0 or less: none.
    last_read_message: Option<i64>,
}

impl Operation for SetReadMarker {
    const META: Meta = Meta::post("/chat/{token}/read", "Mark chat as read")
        .refuses(&[Reason::NotFound])
        .effects(&[Effect::MovesReadMarker])
        .features(&["chat-read-marker", "chat-read-last"]);
    type Policy = TalkUserOrGuest;
    type Params = SetReadMarkerParams;
}

impl Handler<Chat> for SetReadMarker {
    fn responses() -> Responses {
        Responses::empty::<Chat>()
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        request
            .write(|tx, principal, params| {
                read_marker::set(tx, &principal.caller, &params.token, params.last_read_message)
            })
            .await?;
        // A recent access says how far the caller had read, which may be more than now.
        request.app.recent_access.remove(request.credentials(), &request.params.token);
        Ok(Chat::empty())
    }
}
