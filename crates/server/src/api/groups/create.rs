//! Creates a group.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::group;

use crate::api::manners::{Groups, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Creates a group.
pub(crate) struct CreateGroup;

/// What [`CreateGroup`] takes.
#[derive(Params)]
pub(crate) struct CreateGroupParams {
    /// The id of the group.
    #[param(name = "groupid")]
    group_id: String,
    /// The display name; empty: the id.
    #[param(name = "displayname", default)]
    display_name: String,
}

impl Operation for CreateGroup {
    const META: Meta = Meta::post("/groups", "Create a group")
        .refuses(&[Reason::IdFormat, Reason::DisplayName, Reason::Exists])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = CreateGroupParams;
}

impl Handler<Groups> for CreateGroup {
    fn responses() -> Responses {
        Responses::empty::<Groups>()
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        request.write(|tx, _, params| group::create(tx, &params.group_id, &params.display_name)).await?;
        Ok(Groups::empty())
    }
}
