//! Creates a team.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::create;

use crate::api::manners::Teams;
use crate::api::objects::team::Circle;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// Creates a team.
pub(crate) struct CreateTeam;

/// What [`CreateTeam`] takes.
#[derive(Params)]
pub(crate) struct CreateTeamParams {
    /// Its name, 1 to 64 characters.
    name: String,
}

impl Operation for CreateTeam {
    const META: Meta = Meta::post("/circles", "Create a team")
        .refuses(&[Reason::Name])
        .effects(&[Effect::ChangesAdministration])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = CreateTeamParams;
}

impl Handler<Teams> for CreateTeam {
    fn responses() -> Responses {
        Responses::ok::<Circle>("The team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let view = request
            .write(|tx, principal, params| create::create(tx, &principal.account, &params.name))
            .await?;
        Ok(Answer::ok(Circle::from(view)).into_response())
    }
}
