//! "Get single conversation (also for guests)".

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::AccessError;
use plauder_talk::conversation::show;

use super::{RoomParams, TALK_HASH, talk_hash};
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Get single conversation (also for guests)".
pub(crate) struct GetRoom;

impl Operation for GetRoom {
    const META: Meta = Meta::get("/room/{token}", "Get single conversation").refuses(&[Reason::NotFound]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for GetRoom {
    fn responses() -> Responses {
        Responses::ok::<V::Room>("The conversation as the caller sees it.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let (view, hash) = request
            .read(|tx, principal, params| {
                let view = show::show(tx, &principal.caller, &principal.settings, &params.token, V::DETAIL)?;
                Ok::<_, AccessError>((view, talk_hash(&principal.settings)))
            })
            .await?;
        Ok(Answer::ok(V::Room::from(view)).with_header(TALK_HASH, hash).into_response())
    }
}
