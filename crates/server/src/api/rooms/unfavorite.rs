//! "Remove conversation from favorites".

use plauder_model::Reason;
use plauder_talk::conversation::favorite;

use super::RoomParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Remove conversation from favorites".
pub(crate) struct RemoveFavorite;

impl Operation for RemoveFavorite {
    const META: Meta = Meta::delete("/room/{token}/favorite", "Remove conversation from favorites")
        .refuses(&[Reason::NotFound])
        .effects(&[Effect::ChangesOwnSettings])
        .features(&["favorites"]);
    type Policy = TalkUser;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for RemoveFavorite {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| favorite::set(tx, &principal.account, &params.token, false))
            .await?;
        Ok(V::empty())
    }
}
