//! The Participants API.

use plauder_ocs::Answer;
use plauder_talk::participant::{add, leave, list, promote, remove};

use super::{Done, RoomToken, Sent};
use crate::caller::{Asker, Member, Talk};
use crate::error::ApiError;
use crate::representation::participant::Participant;

/// Who is in a conversation.
pub(crate) async fn list(asker: Asker<Talk>, token: RoomToken) -> Result<Answer<Vec<Participant>>, ApiError> {
    let listed = asker.read(move |tx, visitor| list::list(tx, &visitor.caller, &token.0)).await?;
    Ok(Answer::ok(listed.into_iter().map(Participant::from).collect()))
}

/// Adds an account or the members of a group.
pub(crate) async fn add(asker: Asker<Member>, token: RoomToken, sent: Sent) -> Done {
    let read = || {
        let parameters = sent?;
        Ok((parameters.text("newParticipant")?.to_owned(), parameters.text_or_empty("source")?.to_owned()))
    };
    let (newcomer, source) = asker.checked(read).await?;
    asker
        .write(move |tx, resident| {
            add::add(tx, &resident.account, &resident.settings, &token.0, &newcomer, &source)
        })
        .await?;
    Ok(Answer::done())
}

/// Takes an account's seat.
pub(crate) async fn remove(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let who = asker.checked(|| Ok(sent?.text("participant")?.to_owned())).await?;
    asker.write(move |tx, visitor| remove::remove(tx, &visitor.caller, &token.0, &who)).await?;
    Ok(Answer::done())
}

/// Gives up one's own seat.
pub(crate) async fn leave(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| leave::leave(tx, &resident.account, &token.0)).await?;
    Ok(Answer::done())
}

/// Makes a user a moderator.
pub(crate) async fn promote(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let who = asker.checked(|| Ok(sent?.text("participant")?.to_owned())).await?;
    asker.write(move |tx, visitor| promote::promote(tx, &visitor.caller, &token.0, &who)).await?;
    Ok(Answer::done())
}

/// Makes a moderator a user.
pub(crate) async fn demote(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let who = asker.checked(|| Ok(sent?.text("participant")?.to_owned())).await?;
    asker.write(move |tx, visitor| promote::demote(tx, &visitor.caller, &token.0, &who)).await?;
    Ok(Answer::done())
}
