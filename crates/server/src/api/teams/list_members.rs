//! The members of a team.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, members};

use super::TeamParams;
use crate::api::manners::Teams;
use crate::api::objects::team::TeamMember;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// The members of a team.
pub(crate) struct ListTeamMembers;

impl Operation for ListTeamMembers {
    const META: Meta = Meta::get("/circles/{circle}/members", "List members of a team")
        .refuses(&[Reason::NotFound])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = TeamParams;
}

impl Handler<Teams> for ListTeamMembers {
    fn responses() -> Responses {
        Responses::ok::<Vec<TeamMember>>("The members, each with the team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let (view, members) = request
            .read(|tx, principal, params| {
                members::members(tx, CircleActor::Account(&principal.account), &params.circle)
            })
            .await?;
        Ok(Answer::ok(TeamMember::list(view, members)).into_response())
    }
}
