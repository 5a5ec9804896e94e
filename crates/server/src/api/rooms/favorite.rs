//! "Add conversation to favorites".

use plauder_model::Reason;
use plauder_talk::conversation::favorite;

use super::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Add conversation to favorites".
pub(crate) struct AddFavorite;

impl Operation for AddFavorite {
    const META: Meta = Meta::post("/room/{token}/favorite", "Add conversation to favorites")
        .refuses(&[Reason::NotFound])
        .effects(&[Effect::ChangesOwnSettings])
        .features(&["favorites"]);
    type Policy = TalkUser;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for AddFavorite {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| favorite::set(tx, &principal.account, &params.token, true))
            .await?;
        Ok(V::empty())
    }
}
