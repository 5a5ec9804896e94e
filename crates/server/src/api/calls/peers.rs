//! "Get list of connected participants".

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::call::peers;

use crate::api::rooms::RoomParams;
use crate::api::version::FromPeer as _;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Get list of connected participants".
pub(crate) struct GetPeers;

impl Operation for GetPeers {
    const META: Meta = Meta::get("/call/{token}", "Get who is in the call").refuses(&[
        Reason::NotFound,
        Reason::Lobby,
        Reason::ReadOnly,
    ]);
    type Policy = TalkUserOrGuest;
    type Params = RoomParams;
}

impl<V: Version> Handler<V> for GetPeers {
    fn responses() -> Responses {
        Responses::ok::<Vec<V::Peer>>("Who is in the call.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let peers =
            request.read(|tx, principal, params| peers::peers(tx, &principal.caller, &params.token)).await?;
        let token = &request.params.token;
        let peers: Vec<V::Peer> = peers.into_iter().map(|peer| V::Peer::from_peer(peer, token)).collect();
        Ok(Answer::ok(peers).into_response())
    }
}
