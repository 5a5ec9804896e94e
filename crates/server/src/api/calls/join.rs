//! "Join a call".

use plauder_derive::Params;
use plauder_model::CallFlags;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::call::join;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Join a call".
pub(crate) struct JoinCall;

/// What [`JoinCall`] takes.
#[derive(Params)]
pub(crate) struct JoinCallParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// What the caller takes part with: the sum of 1 in the call, 2 audio, 4 video, 8 phone.
    #[param(default = CallFlags::DEFAULT.number())]
    flags: i64,
}

impl Operation for JoinCall {
    const META: Meta = Meta::post("/call/{token}", "Join a call")
        .refuses(&[
            Reason::NotFound,
            Reason::Lobby,
            Reason::ReadOnly,
            Reason::StartCall,
            Reason::NoSession,
            Reason::Value,
        ])
        .effects(&[
            Effect::JoinsCall,
            Effect::AddsAttendees,
            Effect::SystemMessage("call_started"),
            Effect::SystemMessage("call_joined"),
        ])
        .features(&["in-call-flags", "start-call-flag"]);
    type Policy = TalkUserOrGuest;
    type Params = JoinCallParams;
}

impl<V: Version> Handler<V> for JoinCall {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                join::join(tx, &principal.caller, &principal.settings, &params.token, params.flags)
            })
            .await?;
        Ok(V::empty())
    }
}
