//! Renames a team.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, rename};

use crate::api::manners::Teams;
use crate::api::objects::team::Circle;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// Renames a team.
pub(crate) struct RenameTeam;

/// What [`RenameTeam`] takes.
#[derive(Params)]
pub(crate) struct RenameTeamParams {
    /// The team.
    #[param(path)]
    circle: String,
    /// The new name, 1 to 64 characters.
    value: String,
}

impl Operation for RenameTeam {
    const META: Meta = Meta::put("/circles/{circle}/name", "Rename a team")
        .refuses(&[Reason::NotFound, Reason::TeamLevel, Reason::Name])
        .effects(&[Effect::ChangesAdministration])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = RenameTeamParams;
}

impl Handler<Teams> for RenameTeam {
    fn responses() -> Responses {
        Responses::ok::<Circle>("The team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let view = request
            .write(|tx, principal, params| {
                rename::rename(tx, CircleActor::Account(&principal.account), &params.circle, &params.value)
            })
            .await?;
        Ok(Answer::ok(Circle::from(view)).into_response())
    }
}
