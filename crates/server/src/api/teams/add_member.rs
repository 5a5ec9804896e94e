//! Adds an account to a team.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, add_member};

use crate::api::manners::Teams;
use crate::api::objects::team::TeamMember;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// Adds an account to a team.
pub(crate) struct AddTeamMember;

/// What [`AddTeamMember`] takes.
#[derive(Params)]
pub(crate) struct AddTeamMemberParams {
    /// The team.
    #[param(path)]
    circle: String,
    /// The id of the account.
    user_id: String,
    /// What `userId` names: 1, an account.
    #[param(name = "type")]
    kind: i64,
}

impl Operation for AddTeamMember {
    const META: Meta = Meta::post("/circles/{circle}/members", "Add a member to a team")
        .refuses(&[Reason::NotFound, Reason::TeamLevel, Reason::Value, Reason::UnknownAccount])
        .effects(&[Effect::ChangesAdministration])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = AddTeamMemberParams;
}

impl Handler<Teams> for AddTeamMember {
    fn responses() -> Responses {
        Responses::ok::<TeamMember>("The member, with the team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let (view, member) = request
            .write(|tx, principal, params| {
                add_member::add_member(
                    tx,
                    CircleActor::Account(&principal.account),
                    &params.circle,
                    &params.user_id,
                    params.kind,
                )
            })
            .await?;
        Ok(Answer::ok(TeamMember::new(view, member)).into_response())
    }
}
