//! "Set the lobby": closes a conversation to all but moderators, or opens it.

use plauder_derive::Params;
use plauder_model::{Reason, Timestamp, Token};
use plauder_talk::conversation::lobby;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Set the lobby".
pub(crate) struct SetLobby;

/// "Set the lobby", as older clients spell it.
pub(crate) struct SetLobbyOldSpelling;

/// What [`SetLobby`] takes.
#[derive(Params)]
pub(crate) struct SetLobbyParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// 0 open, 1 moderators only.
    state: i64,
    /// When the lobby opens by itself, in seconds since 1970; 0: never.
    #[param(default)]
    timer: Timestamp,
}

/// What is known of both spellings.
const fn meta(path: &'static str, title: &'static str) -> Meta {
    Meta::put(path, title)
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::RoomType, Reason::Value])
        .effects(&[
            Effect::ChangesConversation,
            Effect::LeavesCall,
            Effect::SystemMessage("lobby_none"),
            Effect::SystemMessage("lobby_non_moderators"),
            Effect::SystemMessage("lobby_timer_reached"),
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ])
        .features(&["webinary-lobby"])
}

impl Operation for SetLobby {
    const META: Meta = meta("/room/{token}/webinar/lobby", "Set the lobby");
    type Policy = TalkUser;
    type Params = SetLobbyParams;
}

impl Operation for SetLobbyOldSpelling {
    const META: Meta =
        meta("/room/{token}/webinary/lobby", "Set the lobby (as it is spelt in older clients)");
    type Policy = TalkUser;
    type Params = SetLobbyParams;
}

/// Answers both spellings.
async fn set<O, V>(request: ApiRequest<O, V>) -> Reply
where
    O: Handler<V> + Operation<Policy = TalkUser, Params = SetLobbyParams>,
    V: Version,
{
    request
        .write(|tx, principal, params| {
            lobby::set(tx, &principal.account, &params.token, params.state, params.timer)
        })
        .await?;
    Ok(V::empty())
}

impl<V: Version> Handler<V> for SetLobby {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        set(request).await
    }
}

impl<V: Version> Handler<V> for SetLobbyOldSpelling {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        set(request).await
    }
}
