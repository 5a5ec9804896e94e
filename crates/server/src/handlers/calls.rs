//! The Call API.

use plauder_model::CallFlags;
use plauder_ocs::Answer;
use plauder_talk::call::{join, leave, peers};

use super::{Done, RoomToken, Sent};
use crate::caller::{Asker, Talk};
use crate::error::ApiError;
use crate::representation::participant::PeerInCall;

/// Who is in the call.
pub(crate) async fn peers(
    asker: Asker<Talk>,
    RoomToken(token): RoomToken,
) -> Result<Answer<Vec<PeerInCall>>, ApiError> {
    let called = token.clone();
    let peers = asker.read(move |tx, visitor| peers::peers(tx, &visitor.caller, &called)).await?;
    Ok(Answer::ok(peers.into_iter().map(|peer| PeerInCall::of(peer, &token)).collect()))
}

/// Joins the call, or begins it.
pub(crate) async fn join(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let read = || Ok(sent?.optional_integer("flags")?.unwrap_or(CallFlags::DEFAULT.number()));
    let flags = asker.checked(read).await?;
    asker
        .write(move |tx, visitor| join::join(tx, &visitor.caller, &visitor.settings, &token.0, flags))
        .await?;
    Ok(Answer::done())
}

/// Leaves the call.
pub(crate) async fn leave(asker: Asker<Talk>, token: RoomToken) -> Done {
    asker.write(move |tx, visitor| leave::leave(tx, &visitor.caller, &token.0)).await?;
    Ok(Answer::done())
}
