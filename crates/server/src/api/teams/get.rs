//! One team.

use axum::response::IntoResponse as _;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, show};

use super::TeamParams;
use crate::api::manners::Teams;
use crate::api::objects::team::Circle;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// One team.
pub(crate) struct GetTeam;

impl Operation for GetTeam {
    const META: Meta = Meta::get("/circles/{circle}", "Get a team")
        .refuses(&[Reason::NotFound])
        .features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = TeamParams;
}

impl Handler<Teams> for GetTeam {
    fn responses() -> Responses {
        Responses::ok::<Circle>("The team.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let view = request
            .read(|tx, principal, params| {
                show::show(tx, CircleActor::Account(&principal.account), &params.circle)
            })
            .await?;
        Ok(Answer::ok(Circle::from(view)).into_response())
    }
}
