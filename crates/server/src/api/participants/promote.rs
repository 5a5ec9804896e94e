//! "Promote a user or guest to moderator".

use plauder_model::Reason;
use plauder_talk::participant::promote;

use super::target::TargetParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Promote a user or guest to moderator".
pub(crate) struct Promote;

impl Operation for Promote {
    const META: Meta = Meta::post("/room/{token}/moderators", "Promote a user or guest to moderator")
        .refuses(&[
            Reason::NotFound,
            Reason::NotModerator,
            Reason::UnknownParticipant,
            Reason::ParticipantType,
        ])
        .effects(&[
            Effect::ChangesParticipantType,
            Effect::SystemMessage("moderator_promoted"),
            Effect::SystemMessage("guest_moderator_promoted"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = TargetParams;
}

impl<V: Version> Handler<V> for Promote {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                promote::promote(tx, &principal.caller, &params.token, &params.target)
            })
            .await?;
        Ok(V::empty())
    }
}
