//! Adds an account to a group.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::group::add_member::add_member;

use crate::api::manners::{Manners as _, Memberships};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Adds an account to a group.
pub(crate) struct JoinGroup;

/// What [`JoinGroup`] takes.
#[derive(Params)]
pub(crate) struct JoinGroupParams {
    /// The account.
    #[param(path)]
    id: String,
    /// The group.
    #[param(name = "groupid")]
    group_id: String,
}

impl Operation for JoinGroup {
    const META: Meta = Meta::post("/users/{id}/groups", "Add an account to a group")
        .refuses(&[Reason::UnknownGroup, Reason::UnknownAccount])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = JoinGroupParams;
}

impl Handler<Memberships> for JoinGroup {
    fn responses() -> Responses {
        Responses::empty::<Memberships>()
    }

    async fn run(request: ApiRequest<Self, Memberships>) -> Reply {
        request.write(|tx, _, params| add_member(tx, &params.group_id, &params.id)).await?;
        Ok(Memberships::empty())
    }
}
