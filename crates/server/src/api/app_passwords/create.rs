//! Creates an app password for a client that presents the account's own password.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::app_password::create::create;

use super::Secret;
use crate::api::manners::AppPasswords;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Creates an app password for a client that presents the account's own password.
pub(crate) struct CreateAppPassword;

impl Operation for CreateAppPassword {
    const META: Meta = Meta::get("/getapppassword", "Create an app password")
        .reads_headers()
        .refuses(&[Reason::PasswordRequired])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = ();
}

impl Handler<AppPasswords> for CreateAppPassword {
    fn responses() -> Responses {
        Responses::ok::<Secret>("The app password; it is shown this once.")
    }

    async fn run(request: ApiRequest<Self, AppPasswords>) -> Reply {
        let (name, presented_password) = (request.user_agent(), request.sender().has_presented_password());
        let apppassword =
            request.write(move |tx, caller, ()| create(tx, caller, &name, presented_password)).await?;
        Ok(Answer::ok(Secret { apppassword }).into_response())
    }
}
