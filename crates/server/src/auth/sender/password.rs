//! Verification of passwords that are not in the password cache. An attempt that has begun is counted even if its
//! client disconnects before the answer.

use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use plauder_model::{EmailAddress, Token, UserId};
use plauder_ocs::Failure;
use plauder_store::{StoreError, Transaction};
use plauder_talk::caller::{Credentials, find_by_login};
use plauder_talk::password;
use tokio::sync::OwnedMutexGuard;

use super::Sender;
use crate::auth::login_throttle::TooMany;
use crate::error::ApiError;

/// Why a password was not accepted.
enum Rejected {
    /// It is wrong. The answer is delayed.
    Wrong(Duration),
    /// It was not verified after too many failures.
    TooMany(TooMany),
}

impl Sender {
    /// Verifies the password of an account.
    pub(super) async fn verify_password(
        &self,
        user_key: String,
        password: &str,
    ) -> Result<Credentials, ApiError> {
        let Self { app, address, .. } = self;
        let throttle_key = self.throttle_key(&user_key).await?;
        let permit =
            app.login_throttle.permit(*address, &throttle_key, app.clock.as_ref()).await.map_err(too_many)?;
        if let Some(password_hash) = app.password_cache.get(&user_key, password, app.clock.now()) {
            // The request that held the permit before presented the same password.
            return Ok(Credentials::Password { user_key, password_hash });
        }
        let key = user_key.clone();
        let find = move |tx: &mut Transaction<'_>| find_by_login(tx, &key);
        let account = app.database.read(find).await.map_err(|error: StoreError| ApiError::store(&error))?;
        let hash = account.filter(|account| account.enabled).map(|account| account.password_hash);
        // The permit is held until the result is in the cache, so that a request that waits with the same password
        // finds it there.
        let permit = self.attempt(permit, &throttle_key, password, hash.clone()).await?;
        let Some(_permit) = permit else { return Err(ApiError::not_signed_in()) };
        let password_hash = hash.unwrap_or_default();
        app.password_cache.insert(&user_key, password, &password_hash, app.clock.now());
        Ok(Credentials::Password { user_key, password_hash })
    }

    /// The id of the account under which failed logins count, whether `login` is its id or its e-mail address.
    async fn throttle_key(&self, login: &str) -> Result<String, ApiError> {
        if EmailAddress::parse(login).is_none() {
            return Ok(login.to_owned());
        }
        let key = login.to_owned();
        let find = move |tx: &mut Transaction<'_>| find_by_login(tx, &key);
        let account = self.app.database.read(find).await;
        let account = account.map_err(|error: StoreError| ApiError::store(&error))?;
        Ok(account.map_or_else(|| login.to_owned(), |account| UserId::key_of(&account.user_id)))
    }

    /// Whether `password` is the password of the conversation, whose hash is `hash`. Failures are throttled per address
    /// and conversation.
    pub(crate) async fn verify_room_password(
        &self,
        token: &Token,
        password: &str,
        hash: &str,
    ) -> Result<bool, ApiError> {
        let Self { app, address, .. } = self;
        // No account id contains a slash.
        let key = format!("room/{token}");
        let permit = app.login_throttle.permit(*address, &key, app.clock.as_ref()).await.map_err(too_many)?;
        Ok(self.attempt(permit, &key, password, Some(hash.to_owned())).await?.is_some())
    }

    /// Verifies `password` against `hash` and returns the permit if it matches. After a failure the answer is delayed,
    /// and the next attempt waits until then.
    async fn attempt(
        &self,
        permit: OwnedMutexGuard<()>,
        key: &str,
        password: &str,
        hash: Option<String>,
    ) -> Result<Option<OwnedMutexGuard<()>>, ApiError> {
        let Self { app, address, .. } = self;
        let (state, address, password, key) = (app.clone(), *address, password.to_owned(), key.to_owned());
        let result = app.run_hashing(move || {
            let now = state.clock.now();
            // The limit is checked again: attempts for many accounts may have waited for a core at once.
            let attempt = match state.login_throttle.begin(address, &key, now) {
                Ok(attempt) => attempt,
                Err(refused) => return (permit, Err(Rejected::TooMany(refused))),
            };
            // A missing account takes as long as a wrong password, so that the time does not reveal which accounts
            // exist.
            if password::verify_presented(&password, hash.as_deref()) && hash.is_some() {
                attempt.record_success();
                return (permit, Ok(()));
            }
            (permit, Err(Rejected::Wrong(attempt.record_failure(now))))
        });
        match result.await? {
            (permit, Ok(())) => Ok(Some(permit)),
            (_, Err(Rejected::TooMany(refused))) => Err(too_many(refused)),
            (_permit, Err(Rejected::Wrong(wait))) => {
                tracing::info!(%address, "a wrong password");
                app.wait(wait).await;
                Ok(None)
            }
        }
    }
}

fn too_many(refused: TooMany) -> ApiError {
    let failure = Failure::new(429).because("Too many wrong passwords, try again later");
    failure.with_header(RETRY_AFTER, HeaderValue::from(refused.retry_after)).into()
}
