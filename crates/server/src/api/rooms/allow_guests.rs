//! "Allow guests in a conversation (public conversation)".

use plauder_model::Reason;
use plauder_talk::conversation::public;

use super::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Allow guests in a conversation (public conversation)".
pub(crate) struct AllowGuests;

impl Operation for AllowGuests {
    const META: Meta = Meta::post("/room/{token}/public", "Allow guests in a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType])
        .effects(&[Effect::ChangesConversation, Effect::SystemMessage("guests_allowed")]);
    type Policy = TalkUser;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for AllowGuests {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| public::open(tx, &principal.account, &params.token, &V::RULES))
            .await?;
        Ok(V::empty())
    }
}
