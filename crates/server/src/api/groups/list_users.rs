//! The ids of the accounts in a group.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::group::members;

use super::GroupParams;
use crate::api::accounts::AccountIds;
use crate::api::manners::Groups;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The ids of the accounts in a group.
pub(crate) struct ListGroupUsers;

impl Operation for ListGroupUsers {
    const META: Meta = Meta::get("/groups/{id}/users", "List the members of a group (as newer clients ask)")
        .refuses(&[Reason::UnknownGroup]);
    type Policy = Admin;
    type Params = GroupParams;
}

impl Handler<Groups> for ListGroupUsers {
    fn responses() -> Responses {
        Responses::ok::<AccountIds>("The ids.")
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        let users = request.read(|tx, _, params| members::list(tx, &params.id)).await?;
        Ok(Answer::ok(AccountIds { users }).into_response())
    }
}
