//! "Leave a call (but staying in the conversation)".

use plauder_model::Reason;
use plauder_talk::call::leave;

use crate::api::rooms::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Leave a call (but staying in the conversation)".
pub(crate) struct LeaveCall;

impl Operation for LeaveCall {
    const META: Meta = Meta::delete("/call/{token}", "Leave a call")
        .refuses(&[Reason::NotFound, Reason::NoSession])
        .effects(&[
            Effect::LeavesCall,
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for LeaveCall {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request.write(|tx, principal, params| leave::leave(tx, &principal.caller, &params.token)).await?;
        Ok(V::empty())
    }
}
