//! Changes the display name of a group.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Failure;
use plauder_talk::group;

use crate::api::manners::{Groups, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Changes the display name of a group.
pub(crate) struct RenameGroup;

/// What [`RenameGroup`] takes.
#[derive(Params)]
pub(crate) struct RenameGroupParams {
    /// The group.
    #[param(path)]
    id: String,
    /// What is changed: `displayname`.
    key: String,
    /// The new display name.
    value: String,
}

impl Operation for RenameGroup {
    const META: Meta = Meta::put("/groups/{id}", "Rename a group")
        .refuses(&[Reason::UnknownGroup, Reason::DisplayName])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = RenameGroupParams;
}

impl Handler<Groups> for RenameGroup {
    fn responses() -> Responses {
        Responses::empty::<Groups>()
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        if request.params.key != "displayname" {
            request.authorize().await?;
            return Err(Failure::new(101).because("key has to be displayname").into());
        }
        request.write(|tx, _, params| group::rename(tx, &params.id, &params.value)).await?;
        Ok(Groups::empty())
    }
}
