//! "Set description for a conversation".

use plauder_derive::Params;
use plauder_model::{Reason, Token};
use plauder_talk::conversation::description;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Set description for a conversation".
pub(crate) struct SetDescription;

/// What [`SetDescription`] takes.
#[derive(Params)]
pub(crate) struct SetDescriptionParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The description, at most 500 characters; empty: none any more.
    description: String,
}

impl Operation for SetDescription {
    const META: Meta = Meta::put("/room/{token}/description", "Set description for a conversation")
        .since(3)
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType, Reason::Value])
        .effects(&[
            Effect::ChangesConversation,
            Effect::SystemMessage("description_set"),
            Effect::SystemMessage("description_removed"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = SetDescriptionParams;
}

impl<V: Version> Handler<V> for SetDescription {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                description::set(tx, &principal.caller, &params.token, &params.description, &V::RULES)
            })
            .await?;
        Ok(V::empty())
    }
}
