//! The teams that the caller sees.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::circle::{CircleActor, list};

use crate::api::manners::Teams;
use crate::api::objects::team::Circle;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::CirclesUser;

/// The teams that the caller sees.
pub(crate) struct ListTeams;

impl Operation for ListTeams {
    const META: Meta = Meta::get("/circles", "List teams").features(&["circles-support"]);
    type Policy = CirclesUser;
    type Params = ();
}

impl Handler<Teams> for ListTeams {
    fn responses() -> Responses {
        Responses::ok::<Vec<Circle>>("The teams.")
    }

    async fn run(request: ApiRequest<Self, Teams>) -> Reply {
        let views = request
            .read(|tx, principal, ()| list::list(tx, CircleActor::Account(&principal.account)))
            .await?;
        Ok(Answer::ok(views.into_iter().map(Circle::from).collect::<Vec<_>>()).into_response())
    }
}
