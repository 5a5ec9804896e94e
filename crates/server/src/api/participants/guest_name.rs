//! Sets the name of a guest: "Set display name as a guest".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::participant::guest_name;

use crate::api::manners::{Chat, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;

/// Sets the name of a guest: "Set display name as a guest".
pub(crate) struct SetGuestName;

/// What [`SetGuestName`] takes.
#[derive(Params)]
pub(crate) struct SetGuestNameParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The name; it may be empty.
    display_name: String,
}

impl Operation for SetGuestName {
    const META: Meta = Meta::post("/guest/{token}/name", "Set a guest's name")
        .refuses(&[Reason::NotFound, Reason::GuestsOnly])
        .effects(&[Effect::ChangesGuestName])
        .features(&["guest-display-names"]);
    type Policy = TalkUserOrGuest;
    type Params = SetGuestNameParams;
}

impl Handler<Chat> for SetGuestName {
    fn responses() -> Responses {
        Responses::empty::<Chat>()
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        request
            .write(|tx, principal, params| {
                guest_name::set(tx, &principal.caller, &params.token, &params.display_name)
            })
            .await?;
        Ok(Chat::empty())
    }
}
