//! The ids of the accounts whose id or name contains a text.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::account::list;

use super::AccountIds;
use crate::api::manners::Accounts;
use crate::api::search::SearchParams;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The ids of the accounts whose id or name contains a text.
pub(crate) struct ListAccounts;

impl Operation for ListAccounts {
    const META: Meta = Meta::get("/users", "List accounts");
    type Policy = Admin;
    type Params = SearchParams;
}

impl Handler<Accounts> for ListAccounts {
    fn responses() -> Responses {
        Responses::ok::<AccountIds>("The ids.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let users = request.read(|tx, _, params| list::list(tx, &params.search())).await?;
        Ok(Answer::ok(AccountIds { users }).into_response())
    }
}
