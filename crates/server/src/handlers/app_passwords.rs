//! App passwords that programs get and give back themselves.

use axum::http::HeaderMap;
use plauder_ocs::Answer;
use plauder_talk::app_password;
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
    let (name, showed_password) = (user_agent(&headers), asker.showed_password());
    let secret = asker
        .write(move |tx, caller| app_password::create::create(tx, caller, &name, showed_password))
        .await?;
    Ok(Answer::ok(Secret { apppassword: secret }))
}

/// Exchanges the app password that the program showed for another one.
pub(crate) async fn rotate(asker: Asker<SignedIn>) -> Result<Answer<Secret>, ApiError> {
    let showed_secret = asker.showed_secret();
    let secret =
        asker.write(move |tx, caller| app_password::rotate::rotate(tx, caller, showed_secret)).await?;
    Ok(Answer::ok(Secret { apppassword: secret }))
}

/// Ends the app password that the program showed, and its cookies.
pub(crate) async fn revoke(asker: Asker<SignedIn>) -> Done {
    asker.write(app_password::revoke::revoke).await?;
    Ok(Answer::done())
}
