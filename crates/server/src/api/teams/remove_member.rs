//! Ends a membership in a team, also that of the caller.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::circle::{CircleActor, remove_member};

use crate::api::manners::{Manners as _, Teams};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// Ends a membership in a team, also that of the caller.
pub(crate) struct RemoveTeamMember;

/// What [`RemoveTeamMember`] takes.
#[derive(Params)]
pub(crate) struct RemoveTeamMemberParams {
    /// The team.
    #[param(path)]
    circle: String,
    /// The membership.
    #[param(path)]
    member: String,
}

impl Operation for RemoveTeamMember {
    const META: Meta = Meta::delete("/circles/{circle}/members/{member}", "Remove a member from a team")
        .refuses(&[Reason::NotFound, Reason::TeamLevel, Reason::UnknownParticipant, Reason::Owner])
        .effects(&[Effect::ChangesAdministration])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = RemoveTeamMemberParams;
}

impl Handler<Teams> for RemoveTeamMember {
    fn responses() -> Responses {
        Responses::empty::<Teams>()
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        request
            .write(|tx, principal, params| {
                remove_member::remove_member(
                    tx,
                    CircleActor::Account(&principal.account),
                    &params.circle,
                    &params.member,
                )
            })
            .await?;
        Ok(Teams::empty())
    }
}
