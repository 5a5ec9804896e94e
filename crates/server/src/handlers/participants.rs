//! The Participants API.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use plauder_model::ConversationType;
use plauder_ocs::{Answer, Failure, Parameters};
use plauder_talk::participant::add::Added;
use plauder_talk::participant::join::{JoinError, Wish};
use plauder_talk::participant::promote::Target;
use plauder_talk::participant::{
    add, go_offline, guest_name, join, leave, list, promote, remove, remove_guest,
};
use serde::Serialize;

use super::{Done, RoomToken, Sent};
use crate::App;
use crate::caller::guests::TooManyGuests;
use crate::caller::{Asker, Member, Talk, set_session_cookie};
use crate::error::ApiError;
use crate::representation::Room;
use crate::representation::participant::Participant;

/// Who is in a conversation.
pub(crate) async fn list(asker: Asker<Talk>, token: RoomToken) -> Result<Answer<Vec<Participant>>, ApiError> {
    let listed = asker.read(move |tx, visitor| list::list(tx, &visitor.caller, &token.0)).await?;
    Ok(Answer::ok(listed.into_iter().map(Participant::from).collect()))
}

/// Adds an account, the members of a group or circle, or an address. Clients have to know that an address opens the
/// conversation.
pub(crate) async fn add(
    State(app): State<App>,
    asker: Asker<Member>,
    token: RoomToken,
    sent: Sent,
) -> Result<Response, ApiError> {
    let sends_mail = app.config.mail.sender().is_some();
    let read = || {
        let parameters = sent?;
        Ok(add::Wish {
            newcomer: parameters.text("newParticipant")?.to_owned(),
            source: parameters.text_or_empty("source")?.to_owned(),
            public_url: sends_mail.then(|| app.public_url.clone()),
        })
    };
    let wish = asker.checked(read).await?;
    let added = asker
        .write(move |tx, resident| add::add(tx, &resident.account, &resident.settings, &token.0, &wish))
        .await?;
    if added == Added::Address && !sends_mail {
        tracing::info!("an address was invited, but no mail goes out: mail.server is not configured");
    }
    Ok(match added {
        Added::Accounts => Answer::done().into_response(),
        Added::Address => Answer::ok(Opened { kind: ConversationType::Public }).into_response(),
    })
}

/// What a conversation has become.
#[derive(Debug, Serialize)]
struct Opened {
    #[serde(rename = "type")]
    kind: ConversationType,
}

/// Takes the seat of an account or an address.
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

/// Takes a guest's seat.
pub(crate) async fn remove_guest(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let who = asker.checked(|| Ok(sent?.text("participant")?.to_owned())).await?;
    asker.write(move |tx, visitor| remove_guest::remove(tx, &visitor.caller, &token.0, &who)).await?;
    Ok(Answer::done())
}

/// Makes a user or guest a moderator.
pub(crate) async fn promote(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let target = asker.checked(|| target(&sent?)).await?;
    asker.write(move |tx, visitor| promote::promote(tx, &visitor.caller, &token.0, &target)).await?;
    Ok(Answer::done())
}

/// Makes a moderator a user or guest again.
pub(crate) async fn demote(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let target = asker.checked(|| target(&sent?)).await?;
    asker.write(move |tx, visitor| promote::demote(tx, &visitor.caller, &token.0, &target)).await?;
    Ok(Answer::done())
}

/// Whom a request means: an account by its id, or a guest by their session.
fn target(parameters: &Parameters) -> Result<Target, Failure> {
    match (parameters.optional_text("participant")?, parameters.optional_text("sessionId")?) {
        (Some(account), _) => Ok(Target::Account(account.to_owned())),
        (None, Some(session)) => Ok(Target::Guest(session.to_owned())),
        (None, None) => Err(Failure::bad_request("participant or sessionId is missing")),
    }
}

/// What came of coming online.
enum Outcome {
    In(Box<join::Joined>),
    /// The password with this hash is missing, or was not the right one.
    Password(String),
    TooManyGuests(TooManyGuests),
}

/// Comes online. Only where it is asked for, the time is spent to verify a password; one that is missing is no try.
pub(crate) async fn join<R: Room>(
    State(app): State<App>,
    asker: Asker<Talk>,
    RoomToken(token): RoomToken,
    sent: Sent,
) -> Result<Response, ApiError> {
    let read = || {
        let parameters = sent?;
        Ok((parameters.text_or_empty("password")?.to_owned(), parameters.yes_or("force", true)?))
    };
    let (password, force) = asker.checked(read).await?;
    let join = |proven: Option<String>| {
        let (token, wish) = (token.clone(), Wish { force, proven });
        let (guests, address) = (app.guests.clone(), asker.address());
        asker.write(move |tx, visitor| {
            if visitor.caller.account().is_none()
                && let Err(refused) = guests.may_join(address, tx.now())
            {
                return Ok(Outcome::TooManyGuests(refused));
            }
            // That a password is needed is an outcome here, for the handler has to act upon it.
            match join::join(tx, &visitor.caller, &visitor.settings, &token, &wish, R::DETAIL) {
                Err(JoinError::Password(hash)) => Ok(Outcome::Password(hash)),
                Ok(joined) => Ok(Outcome::In(Box::new(joined))),
                Err(error) => Err(error),
            }
        })
    };
    let mut outcome = join(None).await?;
    if let Outcome::Password(hash) = &outcome
        && !password.is_empty()
        && asker.opens(&token, &password, hash).await?
    {
        outcome = join(Some(hash.clone())).await?;
    }
    let joined = match outcome {
        Outcome::In(joined) => joined,
        Outcome::Password(hash) => return Err(JoinError::Password(hash).into()),
        Outcome::TooManyGuests(refused) => return Err(refused.into()),
    };
    if joined.conversation.participant_type.is_guest() {
        app.guests.joined(asker.address(), app.clock.now());
    }
    let mut answer = Answer::ok(R::from(joined.conversation));
    if let Some(cookie) = joined.cookie {
        answer = answer.with_header(SET_COOKIE, set_session_cookie(&cookie, None, asker.is_behind_tls)?);
    }
    Ok(answer.into_response())
}

/// Goes offline.
pub(crate) async fn go_offline(asker: Asker<Talk>, token: RoomToken) -> Done {
    asker.write(move |tx, visitor| go_offline::go_offline(tx, &visitor.caller, &token.0)).await?;
    Ok(Answer::done())
}

/// Gives a guest another name.
pub(crate) async fn set_guest_name(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let name = asker.checked(|| Ok(sent?.text("displayName")?.to_owned())).await?;
    asker.write(move |tx, visitor| guest_name::set(tx, &visitor.caller, &token.0, &name)).await?;
    Ok(Answer::done())
}
