//! One account: the caller's own, or any for an administrator.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::account::show;

use super::AccountParams;
use crate::api::manners::Accounts;
use crate::api::objects::user::User;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy;

/// One account: the caller's own, or any for an administrator.
pub(crate) struct GetAccount;

impl Operation for GetAccount {
    const META: Meta =
        Meta::get("/users/{id}", "Get an account").refuses(&[Reason::NotFound, Reason::UnknownAccount]);
    type Policy = policy::User;
    type Params = AccountParams;
}

impl Handler<Accounts> for GetAccount {
    fn responses() -> Responses {
        Responses::ok::<User>("The account.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let view = request.read(|tx, caller, params| show::show(tx, caller, &params.id)).await?;
        Ok(Answer::ok(User::from(view)).into_response())
    }
}
