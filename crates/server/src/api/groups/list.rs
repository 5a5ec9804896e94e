//! The ids of the groups whose id or name contains a text.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::group::list;

use super::GroupIds;
use crate::api::manners::Groups;
use crate::api::search::SearchParams;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The ids of the groups whose id or name contains a text.
pub(crate) struct ListGroups;

impl Operation for ListGroups {
    const META: Meta = Meta::get("/groups", "List groups");
    type Policy = Admin;
    type Params = SearchParams;
}

impl Handler<Groups> for ListGroups {
    fn responses() -> Responses {
        Responses::ok::<GroupIds>("The ids.")
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        let found = request.read(|tx, _, params| list::list(tx, &params.search())).await?;
        let groups = found.into_iter().map(|group| group.id).collect();
        Ok(Answer::ok(GroupIds { groups }).into_response())
    }
}
