//! Deletes all notifications of the caller.

use plauder_talk::notification;

use crate::api::manners::{Manners as _, Notifications};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Deletes all notifications of the caller.
pub(crate) struct DeleteNotifications;

impl Operation for DeleteNotifications {
    const META: Meta =
        Meta::delete("/notifications", "Delete all notifications").effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = ();
}

impl Handler<Notifications> for DeleteNotifications {
    fn responses() -> Responses {
        Responses::empty::<Notifications>()
    }

    async fn run(request: ApiRequest<Self, Notifications>) -> Reply {
        request.write(|tx, caller, ()| notification::delete::delete_all(tx, &caller.account)).await?;
        Ok(Notifications::empty())
    }
}
