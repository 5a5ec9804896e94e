//! Keeps an account from signing in.

use plauder_model::Reason;
use plauder_talk::account::set_enabled;

use super::AccountParams;
use crate::api::manners::{Accounts, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Keeps an account from signing in.
pub(crate) struct DisableAccount;

impl Operation for DisableAccount {
    const META: Meta = Meta::put("/users/{id}/disable", "Disable an account")
        .refuses(&[Reason::NotFound, Reason::Oneself])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = AccountParams;
}

impl Handler<Accounts> for DisableAccount {
    fn responses() -> Responses {
        Responses::empty::<Accounts>()
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        request.write(|tx, caller, params| set_enabled::set_enabled(tx, caller, &params.id, false)).await?;
        Ok(Accounts::empty())
    }
}
