//! The accounts whose id or name contains a text.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_ocs::php::PhpMap;
use plauder_talk::account::list;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Accounts;
use crate::api::objects::user::User;
use crate::api::search::SearchParams;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The accounts whose id or name contains a text.
pub(crate) struct ListAccountDetails;

impl Operation for ListAccountDetails {
    const META: Meta = Meta::get("/users/details", "List accounts with details");
    type Policy = Admin;
    type Params = SearchParams;
}

/// Accounts by id.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AccountDetails {
    users: PhpMap<String, User>,
}

impl Handler<Accounts> for ListAccountDetails {
    fn responses() -> Responses {
        Responses::ok::<AccountDetails>("The accounts by id.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let found = request.read(|tx, _, params| list::list_details(tx, &params.search())).await?;
        let users = found.into_iter().map(|view| (view.user_id.clone(), User::from(view)));
        Ok(Answer::ok(AccountDetails { users: PhpMap(users.collect()) }).into_response())
    }
}
