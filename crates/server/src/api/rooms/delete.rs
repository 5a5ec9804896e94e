//! "Delete a conversation".

use plauder_model::Reason;
use plauder_talk::conversation::delete;

use super::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Delete a conversation".
pub(crate) struct DeleteRoom;

impl Operation for DeleteRoom {
    const META: Meta = Meta::delete("/room/{token}", "Delete a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType])
        .effects(&[Effect::DeletesConversation])
        .features(&["locked-one-to-one-rooms"]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for DeleteRoom {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request.write(|tx, principal, params| delete::delete(tx, &principal.caller, &params.token)).await?;
        Ok(V::empty())
    }
}
