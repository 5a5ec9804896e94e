//! The caller's account, which clients ask for first. A client that presents a secret and no cookie that stands for it gets one.

use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::account::session::{self, WEB_SESSION_SECONDS};

use crate::api::manners::Accounts;
use crate::api::objects::user::User;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy;
use crate::auth::set_session_cookie;

/// The caller's account, which clients ask for first. A client that presents a secret and no cookie that stands for it gets one.
pub(crate) struct GetOwnAccount;

impl Operation for GetOwnAccount {
    const META: Meta = Meta::get("/user", "Get one's own account").effects(&[Effect::ChangesAdministration]);
    type Policy = policy::User;
    type Params = ();
}

impl Handler<Accounts> for GetOwnAccount {
    fn responses() -> Responses {
        Responses::ok::<User>("The account.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let sender = request.sender();
        let (cookie, presented_secret) = (sender.cookie_hash(), sender.has_presented_secret());
        let known = request
            .read(move |tx, caller, ()| session::show(tx, caller, cookie.as_deref(), presented_secret))
            .await?;
        if let Some(account) = known {
            return Ok(Answer::ok(User::from(account)).into_response());
        }
        let (account, secret) = request.write(|tx, caller, ()| session::begin(tx, caller)).await?;
        let cookie = set_session_cookie(&secret, Some(WEB_SESSION_SECONDS), sender.is_behind_tls)?;
        Ok(Answer::ok(User::from(account)).with_header(SET_COOKIE, cookie).into_response())
    }
}
