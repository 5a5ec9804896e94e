//! App passwords that programs get and give back themselves.

use axum::http::HeaderMap;
use plauder_ocs::{Answer, Failure};
use plauder_store::app_passwords;
use plauder_talk::account::app_password;
use plauder_talk::caller::{IdentifyError, hold};
use serde::Serialize;

use super::Done;
use crate::caller::{Asker, SignedIn, user_agent};
use crate::error::ApiError;

/// A new app password; this is the only time that it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct Secret {
    apppassword: String,
}

/// Makes an app password for the program that asks, which showed the account's own password.
pub(crate) async fn make(asker: Asker<SignedIn>, headers: HeaderMap) -> Result<Answer<Secret>, ApiError> {
    let name = user_agent(&headers);
    // A cookie is worth something for a day; it must not become a secret that is worth something for ever.
    let showed_password = asker.showed_password();
    let made = asker
        .write(move |tx, signed_in| {
            if !showed_password {
                return Ok(None);
            }
            hold(tx, signed_in)?;
            let (secret, _) = app_password::add(tx, signed_in.account.id, &name)?;
            Ok::<_, IdentifyError>(Some(secret))
        })
        .await?;
    let refused = || Failure::new(403).because("You cannot request an new apppassword with an apppassword");
    Ok(Answer::ok(Secret { apppassword: made.ok_or_else(refused)? }))
}

/// Exchanges the app password that the program showed for another one.
pub(crate) async fn rotate(asker: Asker<SignedIn>) -> Result<Answer<Secret>, ApiError> {
    let showed_secret = asker.showed_secret();
    let made = asker
        .write(move |tx, signed_in| match signed_in.app_password {
            Some(id) if showed_secret => app_password::rotate(tx, id).map(Some),
            _ => Ok(None),
        })
        .await?;
    Ok(Answer::ok(Secret { apppassword: made.ok_or_else(none_in_use)? }))
}

/// Ends the app password that the program showed, and its cookies.
pub(crate) async fn revoke(asker: Asker<SignedIn>) -> Done {
    let revoked = asker
        .write(|tx, signed_in| match signed_in.app_password {
            Some(id) => app_passwords::delete(tx, signed_in.account.id, id),
            None => Ok(false),
        })
        .await?;
    if revoked { Ok(Answer::done()) } else { Err(none_in_use().into()) }
}

fn none_in_use() -> Failure {
    Failure::new(403).because("no app password in use")
}
