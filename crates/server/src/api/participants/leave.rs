//! "Remove yourself from a conversation".

use plauder_model::Reason;
use plauder_talk::participant::leave;

use crate::api::rooms::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Remove yourself from a conversation".
pub(crate) struct LeaveRoom;

impl Operation for LeaveRoom {
    const META: Meta = Meta::delete("/room/{token}/participants/self", "Remove yourself from a conversation")
        .refuses(&[Reason::NotFound, Reason::LastModerator])
        .effects(&[
            Effect::RemovesAttendees,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::DeletesConversation,
            Effect::SystemMessage("user_removed"),
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ])
        .features(&["locked-one-to-one-rooms"]);
    type Policy = TalkUser;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for LeaveRoom {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request.write(|tx, principal, params| leave::leave(tx, &principal.account, &params.token)).await?;
        Ok(V::empty())
    }
}
