//! Deletes a group.

use plauder_model::Reason;
use plauder_ocs::Failure;
use plauder_talk::group;

use super::GroupParams;
use crate::api::manners::{Groups, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Deletes a group.
pub(crate) struct DeleteGroup;

impl Operation for DeleteGroup {
    const META: Meta = Meta::delete("/groups/{id}", "Delete a group")
        .refuses(&[Reason::UnknownGroup, Reason::Protected])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = GroupParams;
}

impl Handler<Groups> for DeleteGroup {
    fn responses() -> Responses {
        Responses::empty::<Groups>()
    }

    async fn run(request: ApiRequest<Self, Groups>) -> Reply {
        request.write(|tx, _, params| group::delete(tx, &params.id)).await?;
        Ok(Groups::empty())
    }

    /// A group that does not exist is code 101 here.
    fn refuse(reason: Reason, message: String) -> Failure {
        match reason {
            Reason::UnknownGroup => Failure::new(101).because(message),
            other => Groups::refuse(other, message),
        }
    }
}
