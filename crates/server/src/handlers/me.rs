//! What a client asks first: who it is signed in as.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use plauder_ocs::Answer;
use plauder_store::{StoreError, accounts, web_sessions};
use plauder_talk::account::sign_in::{WEB_SESSION_SECONDS, begin_web_session};
use plauder_talk::caller::{IdentifyError, hold};

use crate::caller::{Asker, SignedIn, set_session_cookie};
use crate::error::ApiError;
use crate::representation::user::User;

/// Who is asking. Clients ask this first; who showed a secret and has no cookie that stands for it gets one.
pub(crate) async fn show(asker: Asker<SignedIn>) -> Result<Response, ApiError> {
    let cookie = asker.cookie_hash();
    let showed_secret = asker.showed_secret();
    let known = asker
        .read(move |tx, signed_in| {
            let session = match &cookie {
                Some(hash) => web_sessions::find(tx, hash)?,
                None => None,
            };
            let is_known = session.is_some_and(|session| {
                session.account == signed_in.account.id && session.app_password == signed_in.app_password
            });
            if showed_secret && !is_known {
                return Ok::<_, StoreError>(None);
            }
            Ok(Some(User::from(accounts::load_details(tx, signed_in.account.clone())?)))
        })
        .await?;
    if let Some(user) = known {
        return Ok(Answer::ok(user).into_response());
    }
    let (user, secret) = asker
        .write(|tx, signed_in| {
            hold(tx, signed_in)?;
            let id = signed_in.account.id;
            let secret = begin_web_session(tx, id, signed_in.app_password)?;
            let account = accounts::find_by_id(tx, id)?.unwrap_or_else(|| signed_in.account.clone());
            Ok::<_, IdentifyError>((User::from(accounts::load_details(tx, account)?), secret))
        })
        .await?;
    let cookie = set_session_cookie(&secret, Some(WEB_SESSION_SECONDS), asker.is_behind_tls)?;
    Ok(Answer::ok(user).with_header(SET_COOKIE, cookie).into_response())
}
