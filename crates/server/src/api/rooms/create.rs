//! "Creating a new conversation".

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::conversation::create::{self};

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Creating a new conversation".
pub(crate) struct CreateRoom;

/// What [`CreateRoom`] takes.
#[derive(Params)]
pub(crate) struct CreateRoomParams {
    /// The type of the conversation: 1 one-to-one, 2 group, 3 public.
    room_type: i64,
    /// The account (type 1), or the group or team (type 2) to invite.
    #[param(default)]
    invite: String,
    /// What `invite` names in a group conversation: `groups` or `circles`.
    #[param(default)]
    source: String,
    /// The name of the conversation.
    #[param(default)]
    room_name: String,
}

impl Operation for CreateRoom {
    const META: Meta = Meta::post("/room", "Creating a new conversation")
        .refuses(&[
            Reason::RoomType,
            Reason::Name,
            Reason::Source,
            Reason::TeamsDisabled,
            Reason::UnknownInvitee,
            Reason::Oneself,
            Reason::CreationRestricted,
        ])
        .effects(&[
            Effect::CreatesConversation,
            Effect::AddsAttendees,
            Effect::SystemMessage("conversation_created"),
            Effect::SystemMessage("user_added"),
        ])
        .features(&["empty-group-room", "circles-support"]);
    type Policy = TalkUser;
    type Params = CreateRoomParams;
}

impl<V: Version> Handler<V> for CreateRoom {
    fn responses() -> Responses {
        Responses::ok::<V::Room>("The one-to-one conversation existed already.")
            .and::<V::Room>(201, "The conversation was created.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let created = request
            .write(|tx, principal, params| {
                let request = create::CreateRoom {
                    room_type: params.room_type,
                    invite: params.invite.clone(),
                    source: params.source.clone(),
                    room_name: params.room_name.clone(),
                };
                create::create(tx, &principal.account, &principal.settings, &request, V::DETAIL)
            })
            .await?;
        let answer = if created.is_new { Answer::created } else { Answer::ok };
        Ok(answer(V::Room::from(created.conversation)).into_response())
    }
}
