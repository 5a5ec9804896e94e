//! Every route. One table lists the calls of Talk by version; docs/compatibility.md is made from it.

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};
use plauder_ocs::envelope::{unknown_method, unknown_route};
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::edge::edge;
use crate::handlers::{
    app_passwords, calls, capabilities, chat, circles, conversations as room, groups, health, me,
    notifications, participants, settings, status, users,
};
use crate::http::not_found::{unknown_page, unknown_page_method};
use crate::http::paths::NormalizePaths;
use crate::representation::{v1, v2};

/// A call of Talk's API: its place in the documents, and who handles it in which version.
pub struct Call {
    /// What the documents call it.
    pub title: &'static str,
    /// Its method.
    pub method: Method,
    /// Its address below the version.
    pub path: &'static str,
    v1: MethodRouter<App>,
    v2: Option<MethodRouter<App>>,
}

impl Call {
    /// Whether version 2 has it too; version 1 has them all.
    #[must_use]
    pub fn is_in_v2(&self) -> bool {
        self.v2.is_some()
    }
}

/// Below these each version of Talk's API begins with its number.
const TALK: &str = "/apps/spreed/api";

/// Below this is the API of notifications.
const NOTIFICATIONS: &str = "/apps/notifications/api/v2";

/// A call that both versions answer alike.
fn alike(title: &'static str, method: Method, path: &'static str, handler: MethodRouter<App>) -> Call {
    Call { title, method, path, v1: handler.clone(), v2: Some(handler) }
}

/// A call that has no second version.
fn first(title: &'static str, method: Method, path: &'static str, handler: MethodRouter<App>) -> Call {
    Call { title, method, path, v1: handler, v2: None }
}

/// A call that each version answers in its own shape.
fn each(
    title: &'static str,
    method: Method,
    path: &'static str,
    v1: MethodRouter<App>,
    v2: MethodRouter<App>,
) -> Call {
    Call { title, method, path, v1, v2: Some(v2) }
}

/// The calls of Talk's API.
#[must_use]
#[rustfmt::skip]
pub fn calls() -> Vec<Call> {
    use Method as M;
    vec![
        each("Get user's conversations", M::GET, "/room", get(room::list::<v1::Room>), get(room::list_kept)),
        each("Creating a new conversation", M::POST, "/room", post(room::create::<v1::Room>), post(room::create::<v2::Room>)),
        each("Get single conversation", M::GET, "/room/{token}", get(room::show::<v1::Room>), get(room::show::<v2::Room>)),
        alike("Rename a conversation", M::PUT, "/room/{token}", put(room::rename)),
        alike("Delete a conversation", M::DELETE, "/room/{token}", delete(room::delete)),
        alike("Allow guests in a conversation", M::POST, "/room/{token}/public", post(room::open)),
        alike("Disallow guests in a conversation", M::DELETE, "/room/{token}/public", delete(room::close)),
        alike("Set read-only for a conversation", M::PUT, "/room/{token}/read-only", put(room::set_read_only)),
        alike("Set password for a conversation", M::PUT, "/room/{token}/password", put(room::set_password)),
        alike("Add conversation to favorites", M::POST, "/room/{token}/favorite", post(room::add_favorite)),
        alike("Remove conversation from favorites", M::DELETE, "/room/{token}/favorite", delete(room::remove_favorite)),
        alike("Set notification level", M::POST, "/room/{token}/notify", post(room::set_notification_level)),
        alike("Get list of participants", M::GET, "/room/{token}/participants", get(participants::list)),
        alike("Add a participant", M::POST, "/room/{token}/participants", post(participants::add)),
        alike("Remove a participant", M::DELETE, "/room/{token}/participants", delete(participants::remove)),
        alike("Remove yourself from a conversation", M::DELETE, "/room/{token}/participants/self", delete(participants::leave)),
        alike("Remove a guest", M::DELETE, "/room/{token}/participants/guests", delete(participants::remove_guest)),
        each("Join a conversation", M::POST, "/room/{token}/participants/active", post(participants::join::<v1::Room>), post(participants::join::<v2::Room>)),
        alike("Leave a conversation (go offline)", M::DELETE, "/room/{token}/participants/active", delete(participants::go_offline)),
        alike("Promote a user or guest to moderator", M::POST, "/room/{token}/moderators", post(participants::promote)),
        alike("Demote a moderator to user or guest", M::DELETE, "/room/{token}/moderators", delete(participants::demote)),
        first("Set a guest's name", M::POST, "/guest/{token}/name", post(participants::set_guest_name)),
        alike("Set the lobby", M::PUT, "/room/{token}/webinar/lobby", put(room::set_lobby)),
        alike("Set the lobby (as it is spelt in older clients)", M::PUT, "/room/{token}/webinary/lobby", put(room::set_lobby)),
        alike("Get who is in the call", M::GET, "/call/{token}", get(calls::peers)),
        alike("Join a call", M::POST, "/call/{token}", post(calls::join)),
        alike("Leave a call", M::DELETE, "/call/{token}", delete(calls::leave)),
        first("Receive chat messages", M::GET, "/chat/{token}", get(chat::read)),
        first("Send a chat message", M::POST, "/chat/{token}", post(chat::post)),
        first("Mark chat as read", M::POST, "/chat/{token}/read", post(chat::set_read_marker)),
        first("Get mention suggestions", M::GET, "/chat/{token}/mentions", get(chat::mentions)),
        first("Ask for the password of a share", M::POST, "/publicshareauth", post(room::request_password)),
    ]
}

/// Everything below `/ocs/v1.php` and `/ocs/v2.php`.
fn ocs() -> Router<App> {
    let mut router = Router::new()
        .route("/cloud/capabilities", get(capabilities::show))
        .route("/cloud/user", get(me::show))
        .route("/cloud/users", get(users::list).post(users::create))
        .route("/cloud/users/details", get(users::list_details))
        .route("/cloud/users/{id}", get(users::show).put(users::edit).delete(users::delete))
        .route("/cloud/users/{id}/enable", put(users::enable))
        .route("/cloud/users/{id}/disable", put(users::disable))
        .route(
            "/cloud/users/{id}/groups",
            get(users::groups).post(users::join_group).delete(users::leave_group),
        )
        .route("/cloud/groups", get(groups::list).post(groups::create))
        .route("/cloud/groups/details", get(groups::list_details))
        .route("/cloud/groups/{id}", get(groups::members).put(groups::rename).delete(groups::delete))
        .route("/cloud/groups/{id}/users", get(groups::members))
        .route("/apps/circles/circles", get(circles::list).post(circles::create))
        .route("/apps/circles/circles/{circle}", get(circles::show).delete(circles::delete))
        .route("/apps/circles/circles/{circle}/name", put(circles::rename))
        .route("/apps/circles/circles/{circle}/members", get(circles::members).post(circles::add_member))
        .route("/apps/circles/circles/{circle}/members/{member}", delete(circles::remove_member))
        .route(
            &format!("{NOTIFICATIONS}/notifications"),
            get(notifications::list).delete(notifications::delete_all),
        )
        .route(&format!("{NOTIFICATIONS}/notifications/exists"), post(notifications::exist))
        .route(
            &format!("{NOTIFICATIONS}/notifications/{{id}}"),
            get(notifications::show).delete(notifications::delete),
        )
        .route("/core/getapppassword", get(app_passwords::make))
        .route("/core/apppassword", delete(app_passwords::revoke))
        .route("/core/apppassword/rotate", post(app_passwords::rotate))
        .route(
            "/apps/provisioning_api/api/v1/config/apps/spreed/{key}",
            get(settings::show).post(settings::set).delete(settings::reset),
        );
    for call in calls() {
        for (version, handler) in [("v1", Some(call.v1)), ("v2", call.v2)] {
            let Some(handler) = handler else { continue };
            router = router.route(&format!("{TALK}/{version}{}", call.path), handler);
        }
    }
    router.fallback(unknown_route).method_not_allowed_fallback(unknown_method)
}

/// The whole server.
pub fn router(app: App) -> NormalizePaths {
    let router = Router::new()
        .nest("/ocs/v1.php", ocs())
        .nest("/ocs/v2.php", ocs())
        .route("/status.php", get(status::status))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/", get(status::greeting))
        .route("/call/{token}", get(status::link))
        .fallback(unknown_page)
        .method_not_allowed_fallback(unknown_page_method)
        .layer(from_fn_with_state(app.clone(), edge))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app);
    NormalizePaths::new(router)
}
