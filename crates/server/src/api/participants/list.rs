//! "Get list of participants in a conversation".

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::participant::list;

use crate::api::rooms::RoomParams;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Get list of participants in a conversation".
pub(crate) struct ListParticipants;

impl Operation for ListParticipants {
    const META: Meta = Meta::get("/room/{token}/participants", "Get list of participants").refuses(&[
        Reason::NotFound,
        Reason::NotModerator,
        Reason::Lobby,
    ]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for ListParticipants {
    fn responses() -> Responses {
        Responses::ok::<Vec<V::Participant>>("The participants.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let listed =
            request.read(|tx, principal, params| list::list(tx, &principal.caller, &params.token)).await?;
        let participants: Vec<V::Participant> = listed.into_iter().map(V::Participant::from).collect();
        Ok(Answer::ok(participants).into_response())
    }
}
