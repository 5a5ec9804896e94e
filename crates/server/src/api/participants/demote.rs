//! "Demote a moderator to user or guest".

use plauder_model::Reason;
use plauder_talk::participant::promote;

use super::target::TargetParams;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Demote a moderator to user or guest".
pub(crate) struct Demote;

impl Operation for Demote {
    const META: Meta = Meta::delete("/room/{token}/moderators", "Demote a moderator to user or guest")
        .refuses(&[
            Reason::NotFound,
            Reason::NotModerator,
            Reason::UnknownParticipant,
            Reason::ParticipantType,
            Reason::Oneself,
        ])
        .effects(&[
            Effect::ChangesParticipantType,
            Effect::SystemMessage("moderator_demoted"),
            Effect::SystemMessage("guest_moderator_demoted"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = TargetParams;
}

impl<V: Version> Handler<V> for Demote {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                promote::demote(tx, &principal.caller, &params.token, &params.target)
            })
            .await?;
        Ok(V::empty())
    }
}
