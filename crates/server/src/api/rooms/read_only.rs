//! "Set read-only for a conversation".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::conversation::read_only;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Set read-only for a conversation".
pub(crate) struct SetReadOnly;

/// What [`SetReadOnly`] takes.
#[derive(Params)]
pub(crate) struct SetReadOnlyParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// 0 read-write, 1 read-only.
    state: i64,
}

impl Operation for SetReadOnly {
    const META: Meta = Meta::put("/room/{token}/read-only", "Set read-only for a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType, Reason::Value])
        .effects(&[
            Effect::ChangesConversation,
            Effect::LeavesCall,
            Effect::SystemMessage("read_only"),
            Effect::SystemMessage("read_only_off"),
            Effect::SystemMessage("call_ended"),
            Effect::SystemMessage("call_left"),
        ])
        .features(&["read-only-rooms"]);
    type Policy = TalkUser;
    type Params = SetReadOnlyParams;
}

impl<V: Version> Handler<V> for SetReadOnly {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                read_only::set(tx, &principal.account, &params.token, params.state)
            })
            .await?;
        Ok(V::empty())
    }
}
