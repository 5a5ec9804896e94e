//! Revokes the app password that the client presents, and its cookies.

use plauder_model::Reason;
use plauder_talk::app_password::revoke::revoke;

use crate::api::manners::{AppPasswords, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Revokes the app password that the client presents, and its cookies.
pub(crate) struct RevokeAppPassword;

impl Operation for RevokeAppPassword {
    const META: Meta = Meta::delete("/apppassword", "Revoke an app password")
        .refuses(&[Reason::AppPasswordRequired])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = ();
}

impl Handler<AppPasswords> for RevokeAppPassword {
    fn responses() -> Responses {
        Responses::empty::<AppPasswords>()
    }

    async fn run(request: ApiRequest<Self, AppPasswords>) -> Reply {
        request.write(|tx, caller, ()| revoke(tx, caller)).await?;
        Ok(AppPasswords::empty())
    }
}
