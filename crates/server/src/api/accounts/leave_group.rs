//! Removes an account from a group.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::group::remove_member::remove_member;

use crate::api::manners::{Manners as _, Memberships};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Removes an account from a group.
pub(crate) struct LeaveGroup;

/// What [`LeaveGroup`] takes.
#[derive(Params)]
pub(crate) struct LeaveGroupParams {
    /// The account.
    #[param(path)]
    id: String,
    /// The group.
    #[param(name = "groupid")]
    group_id: String,
}

impl Operation for LeaveGroup {
    const META: Meta = Meta::delete("/users/{id}/groups", "Remove an account from a group")
        .refuses(&[Reason::UnknownGroup, Reason::UnknownAccount, Reason::Protected])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = LeaveGroupParams;
}

impl Handler<Memberships> for LeaveGroup {
    fn responses() -> Responses {
        Responses::empty::<Memberships>()
    }

    async fn run(request: ApiRequest<Self, Memberships>) -> Reply {
        request.write(|tx, caller, params| remove_member(tx, caller, &params.group_id, &params.id)).await?;
        Ok(Memberships::empty())
    }
}
