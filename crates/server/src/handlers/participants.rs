//! The Participants API.

use plauder_ocs::{Answer, Parameters};
use plauder_talk::participant::{add, leave};

use super::{Done, RoomToken};
use crate::caller::{Asker, Member};

/// Adds an account or the members of a group.
pub(crate) async fn add(asker: Asker<Member>, token: RoomToken, parameters: Parameters) -> Done {
    let newcomer = parameters.text("newParticipant")?.to_owned();
    let source = parameters.text_or_empty("source")?.to_owned();
    asker
        .write(move |tx, resident| {
            add::add(tx, &resident.account, &resident.settings, &token.0, &newcomer, &source)
        })
        .await?;
    Ok(Answer::done())
}

/// Gives up one's own seat.
pub(crate) async fn leave(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| leave::leave(tx, &resident.account, &token.0)).await?;
    Ok(Answer::done())
}
