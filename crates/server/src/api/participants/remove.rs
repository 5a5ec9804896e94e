//! "Remove a participant".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::participant::remove;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Remove a participant".
pub(crate) struct RemoveParticipant;

/// What [`RemoveParticipant`] takes.
#[derive(Params)]
pub(crate) struct RemoveParticipantParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The id of an account, or an invited address.
    participant: String,
}

impl Operation for RemoveParticipant {
    const META: Meta = Meta::delete("/room/{token}/participants", "Remove a participant")
        .refuses(&[
            Reason::NotFound,
            Reason::NotModerator,
            Reason::RoomType,
            Reason::Owner,
            Reason::UnknownParticipant,
            Reason::LastModerator,
        ])
        .effects(&[
            Effect::RemovesAttendees,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::DeletesConversation,
            Effect::SystemMessage("user_removed"),
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = RemoveParticipantParams;
}

impl<V: Version> Handler<V> for RemoveParticipant {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                remove::remove(tx, &principal.caller, &params.token, &params.participant)
            })
            .await?;
        Ok(V::empty())
    }
}
