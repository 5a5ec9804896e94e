//! "Rename a conversation".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::conversation::rename;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Rename a conversation".
pub(crate) struct Rename;

/// What [`Rename`] takes.
#[derive(Params)]
pub(crate) struct RenameParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The new name, 1 to 200 characters.
    room_name: String,
}

impl Operation for Rename {
    const META: Meta = Meta::put("/room/{token}", "Rename a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType, Reason::Name])
        .effects(&[Effect::ChangesConversation, Effect::SystemMessage("conversation_renamed")]);
    type Policy = TalkUserOrGuest;
    type Params = RenameParams;
}

impl<V: Version> Handler<V> for Rename {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                rename::rename(tx, &principal.caller, &params.token, &params.room_name, &V::RULES)
            })
            .await?;
        Ok(V::empty())
    }
}
