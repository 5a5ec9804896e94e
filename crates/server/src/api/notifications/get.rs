//! One notification of the caller.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::{Answer, Failure};
use plauder_store::StoreError;
use plauder_talk::notification::list;

use crate::api::manners::Notifications;
use crate::api::objects::notification::Notification;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// One notification of the caller.
pub(crate) struct GetNotification;

/// What [`GetNotification`] takes.
#[derive(Params)]
pub(crate) struct GetNotificationParams {
    /// The notification.
    #[param(path)]
    id: String,
}

impl Operation for GetNotification {
    const META: Meta = Meta::get("/notifications/{id}", "Get a notification").refuses(&[Reason::NotFound]);
    type Policy = User;
    type Params = GetNotificationParams;
}

impl Handler<Notifications> for GetNotification {
    fn responses() -> Responses {
        Responses::ok::<Notification>("The notification.")
            .and::<()>(404, "The caller has no notification of this id.")
    }

    async fn run(request: ApiRequest<Self, Notifications>) -> Reply {
        let found = request
            .read(|tx, caller, params| {
                // An id that is no number names none.
                let Ok(id) = params.id.parse() else { return Ok(None) };
                let view = list::show(tx, &caller.account, id)?;
                Ok::<_, StoreError>(view.map(|view| (caller.account.user_id.clone(), view)))
            })
            .await?;
        let (user, view) = found.ok_or_else(|| Failure::new(404).with_data(()))?;
        Ok(Answer::ok(Notification::new(&view, &user, &request.app.public_url)).into_response())
    }
}
