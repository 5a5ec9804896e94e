//! Deletes a notification of the caller, if there is one of this id.

use plauder_derive::Params;
use plauder_talk::notification;

use crate::api::manners::{Manners as _, Notifications};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Deletes a notification of the caller, if there is one of this id.
pub(crate) struct DeleteNotification;

/// What [`DeleteNotification`] takes.
#[derive(Params)]
pub(crate) struct DeleteNotificationParams {
    /// The notification.
    #[param(path)]
    id: String,
}

impl Operation for DeleteNotification {
    const META: Meta = Meta::delete("/notifications/{id}", "Delete a notification")
        .effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = DeleteNotificationParams;
}

impl Handler<Notifications> for DeleteNotification {
    fn responses() -> Responses {
        Responses::empty::<Notifications>()
    }

    async fn run(request: ApiRequest<Self, Notifications>) -> Reply {
        request
            .write(|tx, caller, params| {
                let Ok(id) = params.id.parse() else { return Ok(()) };
                notification::delete::delete(tx, &caller.account, id)
            })
            .await?;
        Ok(Notifications::empty())
    }
}
