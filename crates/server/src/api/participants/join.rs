//! "Join a conversation (available for call and chat)".

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use plauder_derive::Params;
use plauder_model::{Reason, Token};
use plauder_ocs::Answer;
use plauder_store::sessions::Session;
use plauder_talk::participant::join::{self, JoinRoomError};

use crate::api::v1::ConflictingSession;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::guest_limiter::{GuestJoin, TooManyGuests};
use crate::auth::policy::TalkUserOrGuest;
use crate::auth::set_session_cookie;
use crate::error::ApiError;

/// "Join a conversation (available for call and chat)".
pub(crate) struct JoinRoom;

/// What [`JoinRoom`] takes.
#[derive(Params)]
pub(crate) struct JoinRoomParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The password of the conversation, for guests and accounts that join by themselves.
    #[param(default)]
    password: String,
    /// Whether another session of the caller ends. If not, and it is alive, the answer is 409.
    #[param(default = true)]
    force: bool,
}

impl Operation for JoinRoom {
    const META: Meta = Meta::post("/room/{token}/participants/active", "Join a conversation")
        .refuses(&[Reason::NotFound, Reason::WrongPassword, Reason::SessionConflict])
        .effects(&[
            Effect::BeginsSession,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::AddsAttendees,
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ])
        .features(&["multi-room-users"]);
    type Policy = TalkUserOrGuest;
    type Params = JoinRoomParams;
}

/// The result of the use case.
enum Outcome {
    Joined(Box<join::Joined>),
    /// The password with this hash is missing, or was not the right one.
    PasswordNeeded(String),
    Conflict(Session),
    TooManyGuests(TooManyGuests),
}

impl<V: Version> Handler<V> for JoinRoom {
    fn responses() -> Responses {
        Responses::ok::<V::Room>("The conversation, with the session of the caller.")
            .and::<ConflictingSession>(409, "Another session of the caller is alive.")
    }

    /// A password is verified only where one is needed, because that is slow. A missing one is no failed attempt.
    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let guest_join = request.app.guest_limiter.join(request.address());
        let mut outcome = join(&request, &guest_join, None).await?;
        let password = &request.params.password;
        if let Outcome::PasswordNeeded(hash) = &outcome
            && !password.is_empty()
            && request.sender().verify_room_password(&request.params.token, password, hash).await?
        {
            outcome = join(&request, &guest_join, Some(hash.clone())).await?;
        }
        match outcome {
            Outcome::Joined(joined) => answer(&request, *joined),
            Outcome::PasswordNeeded(hash) => {
                let refused = JoinRoomError::Password(hash).to_string();
                Err(<Self as Handler<V>>::refuse(Reason::WrongPassword, refused).into())
            }
            Outcome::Conflict(session) => {
                let data = ConflictingSession::from(&session);
                let message = JoinRoomError::SessionConflict(session).to_string();
                Err(<Self as Handler<V>>::refuse(Reason::SessionConflict, message).with_data(data).into())
            }
            Outcome::TooManyGuests(refused) => Err(refused.into()),
        }
    }
}

/// Joins, with the hash of the password that was verified.
async fn join<V: Version>(
    request: &ApiRequest<JoinRoom, V>,
    guest_join: &GuestJoin,
    verified_hash: Option<String>,
) -> Result<Outcome, ApiError> {
    let guest_join = guest_join.clone();
    request
        .write(move |tx, principal, params| {
            if principal.caller.account().is_none()
                && let Err(refused) = guest_join.acquire()
            {
                return Ok(Outcome::TooManyGuests(refused));
            }
            let request = join::JoinRoom { force: params.force, verified_hash: verified_hash.clone() };
            let joined =
                join::join(tx, &principal.caller, &principal.settings, &params.token, &request, V::DETAIL);
            if joined.is_err() {
                guest_join.release();
            }
            match joined {
                Err(JoinRoomError::Password(hash)) => Ok(Outcome::PasswordNeeded(hash)),
                Err(JoinRoomError::SessionConflict(session)) => Ok(Outcome::Conflict(session)),
                Ok(joined) => Ok(Outcome::Joined(Box::new(joined))),
                Err(error) => Err(error),
            }
        })
        .await
}

fn answer<V: Version>(request: &ApiRequest<JoinRoom, V>, joined: join::Joined) -> Result<Response, ApiError> {
    let mut answer = Answer::ok(V::Room::from(joined.conversation));
    if let Some(cookie) = joined.cookie {
        let cookie = set_session_cookie(&cookie, None, request.sender().is_behind_tls)?;
        answer = answer.with_header(SET_COOKIE, cookie);
    }
    Ok(answer.into_response())
}
