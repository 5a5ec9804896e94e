//! The notifications of the caller, the newest first.

use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use plauder_ocs::{Answer, Failure};
use plauder_store::StoreError;
use plauder_talk::notification::list;

use crate::api::manners::Notifications;
use crate::api::objects::notification::Notification;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// The notifications of the caller, the newest first.
pub(crate) struct ListNotifications;

impl Operation for ListNotifications {
    const META: Meta = Meta::get("/notifications", "List notifications").reads_headers();
    type Policy = User;
    type Params = ();
}

impl Handler<Notifications> for ListNotifications {
    fn responses() -> Responses {
        Responses::ok::<Vec<Notification>>("The notifications, the newest first.")
            .and_empty(304, "Nothing has changed since the answer with this `ETag`.")
    }

    async fn run(request: ApiRequest<Self, Notifications>) -> Reply {
        let (user, views) = request
            .read(|tx, caller, ()| {
                Ok::<_, StoreError>((caller.account.user_id.clone(), list::list(tx, &caller.account)?))
            })
            .await?;
        let base = &request.app.public_url;
        let listed: Vec<_> = views.iter().map(|view| Notification::new(view, &user, base)).collect();
        let tag = Notification::tag(&listed)?;
        let known = request.headers().get_all(IF_NONE_MATCH).iter().filter_map(|known| known.to_str().ok());
        // Compression may have made the tag a weak one, and so may the client.
        let is_known = known.flat_map(|known| known.split(',')).any(|known| {
            let known = known.trim();
            known.strip_prefix("W/").unwrap_or(known) == tag
        });
        let tag = HeaderValue::try_from(tag).map_err(|_| Failure::internal())?;
        Ok(if is_known {
            (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response()
        } else {
            Answer::ok(listed).with_header(ETAG, tag).into_response()
        })
    }
}
