//! "Leave a call (but staying in the conversation)".

use plauder_model::Reason;
use plauder_talk::call::leave;

use crate::api::rooms::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::caller::door::Talk;

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
    type Policy = Talk;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for LeaveCall {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request.write(|tx, visitor, params| leave::leave(tx, &visitor.caller, &params.token)).await?;
        Ok(V::empty())
    }
}
