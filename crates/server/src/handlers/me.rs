//! What a client asks first: who it is signed in as.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use plauder_ocs::Answer;
use plauder_talk::account::session::{self, WEB_SESSION_SECONDS};

use crate::caller::{Asker, SignedIn, set_session_cookie};
use crate::error::ApiError;
use crate::representation::user::User;

/// Who is asking. Clients ask this first; who showed a secret and has no cookie that stands for it gets one.
pub(crate) async fn show(asker: Asker<SignedIn>) -> Result<Response, ApiError> {
    let (cookie, showed_secret) = (asker.cookie_hash(), asker.showed_secret());
    let known =
        asker.read(move |tx, caller| session::show(tx, caller, cookie.as_deref(), showed_secret)).await?;
    if let Some(account) = known {
        return Ok(Answer::ok(User::from(account)).into_response());
    }
    let (account, secret) = asker.write(session::begin).await?;
    let cookie = set_session_cookie(&secret, Some(WEB_SESSION_SECONDS), asker.is_behind_tls)?;
    Ok(Answer::ok(User::from(account)).with_header(SET_COOKIE, cookie).into_response())
}
