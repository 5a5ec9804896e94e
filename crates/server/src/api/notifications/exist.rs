//! Which of some notifications of the caller exist still.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::NotificationId;
use plauder_ocs::Answer;
use plauder_talk::notification;

use crate::api::manners::Notifications;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Which of some notifications of the caller exist still.
pub(crate) struct CheckNotifications;

/// What [`CheckNotifications`] takes.
#[derive(Params)]
pub(crate) struct CheckNotificationsParams {
    /// The notifications.
    ids: Vec<i64>,
}

impl Operation for CheckNotifications {
    const META: Meta = Meta::post("/notifications/exists", "Check which notifications exist");
    type Policy = User;
    type Params = CheckNotificationsParams;
}

impl Handler<Notifications> for CheckNotifications {
    fn responses() -> Responses {
        Responses::ok::<Vec<NotificationId>>("Those that exist.")
    }

    async fn run(request: ApiRequest<Self, Notifications>) -> Reply {
        let existing = request
            .read(|tx, caller, params| notification::existing::existing(tx, &caller.account, &params.ids))
            .await?;
        Ok(Answer::ok(existing).into_response())
    }
}
