//! The groups of an account: of the caller's own, or of any for an administrator.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::account::groups;

use super::AccountParams;
use crate::api::groups::GroupIds;
use crate::api::manners::Accounts;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// The groups of an account: of the caller's own, or of any for an administrator.
pub(crate) struct ListAccountGroups;

impl Operation for ListAccountGroups {
    const META: Meta =
        Meta::get("/users/{id}/groups", "List the groups of an account").refuses(&[Reason::NotFound]);
    type Policy = User;
    type Params = AccountParams;
}

impl Handler<Accounts> for ListAccountGroups {
    fn responses() -> Responses {
        Responses::ok::<GroupIds>("The ids.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let groups = request.read(|tx, caller, params| groups::list(tx, caller, &params.id)).await?;
        Ok(Answer::ok(GroupIds { groups }).into_response())
    }
}
