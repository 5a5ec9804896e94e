//! "Remove a guest".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::participant::remove_guest;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Remove a guest".
pub(crate) struct RemoveGuest;

/// What [`RemoveGuest`] takes.
#[derive(Params)]
pub(crate) struct RemoveGuestParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The session of the guest.
    participant: String,
}

impl Operation for RemoveGuest {
    const META: Meta = Meta::delete("/room/{token}/participants/guests", "Remove a guest")
        .refuses(&[
            Reason::NotFound,
            Reason::NotModerator,
            Reason::UnknownParticipant,
            Reason::Oneself,
            Reason::NotGuest,
        ])
        .effects(&[
            Effect::RemovesAttendees,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = RemoveGuestParams;
}

impl<V: Version> Handler<V> for RemoveGuest {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                remove_guest::remove(tx, &principal.caller, &params.token, &params.participant)
            })
            .await?;
        Ok(V::empty())
    }
}
