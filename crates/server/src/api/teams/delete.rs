//! Deletes a team.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, delete};

use super::TeamParams;
use crate::api::manners::Teams;
use crate::api::objects::team::Circle;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// Deletes a team.
pub(crate) struct DeleteTeam;

impl Operation for DeleteTeam {
    const META: Meta = Meta::delete("/circles/{circle}", "Delete a team")
        .refuses(&[Reason::NotFound, Reason::TeamLevel])
        .effects(&[Effect::ChangesAdministration])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = TeamParams;
}

impl Handler<Teams> for DeleteTeam {
    fn responses() -> Responses {
        Responses::ok::<Circle>("The team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let view = request
            .write(|tx, principal, params| {
                delete::delete(tx, CircleActor::Account(&principal.account), &params.circle)
            })
            .await?;
        Ok(Answer::ok(Circle::from(view)).into_response())
    }
}
