//! "Leave a conversation (go offline)".

use plauder_talk::participant::go_offline;

use crate::api::rooms::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Leave a conversation (go offline)".
pub(crate) struct GoOffline;

impl Operation for GoOffline {
    const META: Meta = Meta::delete("/room/{token}/participants/active", "Leave a conversation (go offline)")
        .effects(&[
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::RemovesAttendees,
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for GoOffline {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| go_offline::go_offline(tx, &principal.caller, &params.token))
            .await?;
        Ok(V::empty())
    }
}
