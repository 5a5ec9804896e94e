//! The groups whose id or name contains a text.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::group::list;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Groups;
use crate::api::search::SearchParams;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The groups whose id or name contains a text.
pub(crate) struct ListGroupDetails;

impl Operation for ListGroupDetails {
    const META: Meta = Meta::get("/groups/details", "List groups with details");
    type Policy = Admin;
    type Params = SearchParams;
}

/// Groups.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GroupDetails {
    groups: Vec<Group>,
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Group {
    id: String,
    displayname: String,
    usercount: i64,
    disabled: i64,
    #[serde(rename = "canAdd")]
    can_add: bool,
    #[serde(rename = "canRemove")]
    can_remove: bool,
}

impl Handler<Groups> for ListGroupDetails {
    fn responses() -> Responses {
        Responses::ok::<GroupDetails>("The groups.")
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        let found = request.read(|tx, _, params| list::list(tx, &params.search())).await?;
        let groups = found.into_iter().map(|group| Group {
            id: group.id,
            displayname: group.display_name,
            usercount: group.members,
            disabled: 0,
            can_add: true,
            can_remove: true,
        });
        Ok(Answer::ok(GroupDetails { groups: groups.collect() }).into_response())
    }
}
