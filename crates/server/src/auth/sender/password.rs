//! Trying a password: slow for a right one, slower for wrong ones. A try that was begun is counted, whether its sender
//! stays to hear the answer or not.

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

/// What becomes of a wrong password.
enum Wrong {
    Wait(Duration),
    TooMany(TooMany),
}

impl Sender {
    /// Tries an account's password that is not remembered.
    pub(super) async fn try_password(
        &self,
        user_key: String,
        password: &str,
    ) -> Result<Credentials, ApiError> {
        let Self { app, address, .. } = self;
        let throttled = self.throttled_as(&user_key).await?;
        let permit =
            app.login_throttle.permit(*address, &throttled, app.clock.as_ref()).await.map_err(too_many)?;
        if let Some(password_hash) = app.password_cache.get(&user_key, password, app.clock.now()) {
            // Whoever had the turn before tried the same.
            return Ok(Credentials::Password { user_key, password_hash });
        }
        let key = user_key.clone();
        let find = move |tx: &mut Transaction<'_>| find_by_login(tx, &key);
        let account = app.database.read(find).await.map_err(|error: StoreError| ApiError::store(&error))?;
        let hash = account.filter(|account| account.enabled).map(|account| account.password_hash);
        // Kept until the answer is remembered: whoever waits for a turn to try the same finds it there.
        let permit = self.try_it(permit, &throttled, password, hash.clone()).await?;
        let Some(_permit) = permit else { return Err(ApiError::not_signed_in()) };
        let password_hash = hash.unwrap_or_default();
        app.password_cache.insert(&user_key, password, &password_hash, app.clock.now());
        Ok(Credentials::Password { user_key, password_hash })
    }

    /// The id under which failed logins count: that of the account, whether the login names its id or its address.
    async fn throttled_as(&self, login: &str) -> Result<String, ApiError> {
        if EmailAddress::parse(login).is_none() {
            return Ok(login.to_owned());
        }
        let key = login.to_owned();
        let find = move |tx: &mut Transaction<'_>| find_by_login(tx, &key);
        let account = self.app.database.read(find).await;
        let account = account.map_err(|error: StoreError| ApiError::store(&error))?;
        Ok(account.map_or_else(|| login.to_owned(), |account| UserId::key_of(&account.user_id)))
    }

    /// Whether `password` opens the conversation whose password has this hash. Tries are limited by address and
    /// conversation.
    pub(crate) async fn opens(&self, token: &Token, password: &str, hash: &str) -> Result<bool, ApiError> {
        let Self { app, address, .. } = self;
        // No account is called so.
        let key = format!("room/{token}");
        let permit = app.login_throttle.permit(*address, &key, app.clock.as_ref()).await.map_err(too_many)?;
        Ok(self.try_it(permit, &key, password, Some(hash.to_owned())).await?.is_some())
    }

    /// Tries whether `password` is the one with that hash, and gives the turn back if it is. An answer that is no is held
    /// back, and the next try waits behind it.
    async fn try_it(
        &self,
        permit: OwnedMutexGuard<()>,
        key: &str,
        password: &str,
        hash: Option<String>,
    ) -> Result<Option<OwnedMutexGuard<()>>, ApiError> {
        let Self { app, address, .. } = self;
        let (trying, address, password, key) = (app.clone(), *address, password.to_owned(), key.to_owned());
        let tried = app.hashing(move || {
            let now = trying.clock.now();
            // Many tries for many doors may have waited together for a core.
            let attempt = match trying.login_throttle.begin(address, &key, now) {
                Ok(attempt) => attempt,
                Err(refused) => return (permit, Err(Wrong::TooMany(refused))),
            };
            // Also without a hash: that there is no such account must not be told by the time it takes.
            if password::verify_presented(&password, hash.as_deref()) && hash.is_some() {
                attempt.record_success();
                return (permit, Ok(()));
            }
            (permit, Err(Wrong::Wait(attempt.record_failure(now))))
        });
        match tried.await? {
            (permit, Ok(())) => Ok(Some(permit)),
            (_, Err(Wrong::TooMany(refused))) => Err(too_many(refused)),
            (_permit, Err(Wrong::Wait(wait))) => {
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
