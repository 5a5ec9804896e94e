//! Exchanges the app password that the client presents for another one.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::app_password::rotate::rotate;

use super::Secret;
use crate::api::manners::AppPasswords;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Exchanges the app password that the client presents for another one.
pub(crate) struct RotateAppPassword;

impl Operation for RotateAppPassword {
    const META: Meta = Meta::post("/apppassword/rotate", "Rotate an app password")
        .refuses(&[Reason::AppPasswordRequired])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = ();
}

impl Handler<AppPasswords> for RotateAppPassword {
    fn responses() -> Responses {
        Responses::ok::<Secret>("The app password; it is shown this once.")
    }

    async fn run(request: ApiRequest<Self, AppPasswords>) -> Reply {
        let presented_secret = request.sender().has_presented_secret();
        let apppassword = request.write(move |tx, caller, ()| rotate(tx, caller, presented_secret)).await?;
        Ok(Answer::ok(Secret { apppassword }).into_response())
    }
}
