//! The Notifications API: for everybody with an account.

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use plauder_model::NotificationId;
use plauder_ocs::{Answer, Failure};
use plauder_store::StoreError;
use plauder_talk::notification::{self, list};

use super::{Done, PathId, Sent};
use crate::App;
use crate::caller::{Asker, SignedIn};
use crate::error::ApiError;
use crate::representation::notification::Notification;

/// What the caller is told of, the newest first. Who has seen just this is told that nothing has changed.
pub(crate) async fn list(
    State(app): State<App>,
    asker: Asker<SignedIn>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (user, views) = asker
        .read(|tx, caller| {
            Ok::<_, StoreError>((caller.account.user_id.clone(), list::list(tx, &caller.account)?))
        })
        .await?;
    let shown = |view| Notification::of(view, &user, &app.public_url);
    let listed: Vec<_> = views.iter().map(shown).collect();
    let tag = Notification::tag(&listed)?;
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|known| known.to_str().ok());
    // What compresses an answer may make its tag a weak one, and so may who asks.
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

/// One thing that the caller is told of.
pub(crate) async fn show(
    State(app): State<App>,
    asker: Asker<SignedIn>,
    PathId(id): PathId,
) -> Result<Answer<Notification>, ApiError> {
    let found = asker
        .read(move |tx, caller| {
            let Ok(id) = id.parse() else { return Ok(None) };
            let view = list::show(tx, &caller.account, id)?;
            Ok::<_, StoreError>(view.map(|view| (caller.account.user_id.clone(), view)))
        })
        .await?;
    let (user, view) = found.ok_or_else(|| Failure::new(404).with_data(()))?;
    Ok(Answer::ok(Notification::of(&view, &user, &app.public_url)))
}

/// Forgets one thing that the caller is told of, if they are.
pub(crate) async fn delete(asker: Asker<SignedIn>, PathId(id): PathId) -> Done {
    asker
        .write(move |tx, caller| {
            let Ok(id) = id.parse() else { return Ok(()) };
            notification::delete(tx, &caller.account, id)
        })
        .await?;
    Ok(Answer::done())
}

/// Forgets everything that the caller is told of.
pub(crate) async fn delete_all(asker: Asker<SignedIn>) -> Done {
    asker.write(|tx, caller| notification::delete_all(tx, &caller.account)).await?;
    Ok(Answer::done())
}

/// Which of some things the caller is still told of.
pub(crate) async fn exist(
    asker: Asker<SignedIn>,
    sent: Sent,
) -> Result<Answer<Vec<NotificationId>>, ApiError> {
    let ids = asker.checked(|| sent?.integers("ids")).await?;
    let there = asker.read(move |tx, caller| notification::existing(tx, &caller.account, &ids)).await?;
    Ok(Answer::ok(there))
}
