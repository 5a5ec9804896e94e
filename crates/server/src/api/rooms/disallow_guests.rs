//! "Disallow guests in a conversation (group conversation)".

use plauder_model::Reason;
use plauder_talk::conversation::public;

use super::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Disallow guests in a conversation (group conversation)".
pub(crate) struct DisallowGuests;

impl Operation for DisallowGuests {
    const META: Meta = Meta::delete("/room/{token}/public", "Disallow guests in a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType])
        .effects(&[
            Effect::ChangesConversation,
            Effect::RemovesAttendees,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::SystemMessage("guests_disallowed"),
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = TalkUser;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for DisallowGuests {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| public::close(tx, &principal.account, &params.token, &V::RULES))
            .await?;
        Ok(V::empty())
    }
}
