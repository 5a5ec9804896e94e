//! The sender of a request: the credentials that the request presents, as far as they can be checked before the store is
//! asked, and from where it comes.

mod password;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use plauder_model::UserId;
use plauder_store::{StoreError, Transaction};
use plauder_talk::caller::{Credentials, IdentifyError, identify};
use plauder_talk::secret;

use super::address;
use super::policy::{Denied, Policy};
use super::presented::{PresentedCredentials, session_cookie};
use crate::App;
use crate::error::ApiError;

/// The sender of a request.
pub(crate) struct Sender {
    app: App,
    presented: PresentedCredentials,
    credentials: Credentials,
    address: IpAddr,
    cookie: Option<String>,
    /// Whether a cookie may travel on encrypted connections only.
    pub(crate) is_behind_tls: bool,
}

/// Whether a transaction may write.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// Why a transaction for a sender ended without a result.
pub(crate) enum RunError<E> {
    /// The credentials are not valid.
    Identity,
    /// The policy does not admit the caller.
    Denied(Denied),
    /// The use case refused.
    UseCase(E),
    /// The store failed.
    Store(StoreError),
}

impl<E> From<StoreError> for RunError<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> From<IdentifyError> for RunError<E> {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Wrong => Self::Identity,
            IdentifyError::Store(error) => Self::Store(error),
        }
    }
}

impl Sender {
    /// The sender of a request with this head.
    ///
    /// # Errors
    /// 401 if its credentials are wrong, 429 if too many wrong ones came from there.
    pub(crate) async fn authenticate(app: &App, parts: &Parts) -> Result<Self, ApiError> {
        let trusted = &app.config.server.trusted_proxies;
        let mut sender = Self {
            app: app.clone(),
            presented: PresentedCredentials::from_headers(&parts.headers),
            credentials: Credentials::None,
            address: address::client_address(parts, trusted),
            cookie: session_cookie(&parts.headers),
            is_behind_tls: address::is_behind_tls(parts, trusted),
        };
        sender.credentials = sender.check_credentials().await?;
        Ok(sender)
    }

    /// The credentials, as far as they were checked.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// From where the request comes, as far as it can be believed.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The hash of the session cookie that came along, whatever else was presented.
    pub(crate) fn cookie_hash(&self) -> Option<String> {
        self.cookie.as_deref().map(secret::hash)
    }

    /// Whether a secret itself was presented, and not a cookie that stands for it.
    pub(crate) fn presented_secret(&self) -> bool {
        matches!(self.presented, PresentedCredentials::Basic { .. } | PresentedCredentials::Bearer(_))
    }

    /// Whether the account's own password was presented.
    pub(crate) fn presented_password(&self) -> bool {
        matches!(self.credentials, Credentials::Password { .. })
    }

    /// Checks what can be checked without the store, or with the cache of right passwords.
    async fn check_credentials(&self) -> Result<Credentials, ApiError> {
        match &self.presented {
            PresentedCredentials::None => Ok(Credentials::None),
            PresentedCredentials::Unreadable => Err(ApiError::not_signed_in()),
            PresentedCredentials::Cookie(secret) => {
                Ok(Credentials::Cookie { secret_hash: secret::hash(secret) })
            }
            PresentedCredentials::Bearer(secret) => {
                Ok(Credentials::AppPassword { secret_hash: secret::hash(secret), user_key: None })
            }
            PresentedCredentials::Basic { user, secret } => {
                let user_key = UserId::key_of(user);
                if secret::looks_like_app_password(secret) {
                    let secret_hash = secret::hash(secret);
                    return Ok(Credentials::AppPassword { secret_hash, user_key: Some(user_key) });
                }
                match self.app.password_cache.get(&user_key, secret, self.app.clock.now()) {
                    Some(password_hash) => Ok(Credentials::Password { user_key, password_hash }),
                    None => Box::pin(self.try_password(user_key, secret)).await,
                }
            }
        }
    }

    /// Runs `work` in a transaction, if the policy `P` admits the sender as the store knows them in it.
    pub(crate) async fn run<P, T, E, W>(&self, mode: Mode, work: Arc<W>) -> Result<T, RunError<E>>
    where
        P: Policy,
        W: Fn(&mut Transaction<'_>, &P::Principal) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run_as::<P, T, E, W>(mode, self.credentials.clone(), work).await
    }

    /// Checks the password again after a transaction in which the credentials were not valid: the password was right for
    /// a hash that is not the account's any more, and may be right for the new one. `None`: there is nothing to check.
    pub(crate) async fn check_again(&self) -> Option<Result<Credentials, ApiError>> {
        let (PresentedCredentials::Basic { user, secret }, Credentials::Password { .. }) =
            (&self.presented, &self.credentials)
        else {
            return None;
        };
        let user_key = UserId::key_of(user);
        self.app.password_cache.remove(&user_key, secret);
        Some(self.try_password(user_key, secret).await)
    }

    /// Runs `work` with other credentials than those that were checked first.
    pub(crate) async fn run_as<P, T, E, W>(
        &self,
        mode: Mode,
        credentials: Credentials,
        work: Arc<W>,
    ) -> Result<T, RunError<E>>
    where
        P: Policy,
        W: Fn(&mut Transaction<'_>, &P::Principal) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let whole = move |tx: &mut Transaction<'_>| {
            let caller = identify(tx, &credentials)?;
            let principal = P::authorize(tx, caller).map_err(RunError::Denied)?;
            work(tx, &principal).map_err(RunError::UseCase)
        };
        match mode {
            Mode::Read => self.app.database.read(whole).await,
            Mode::Write => self.app.database.write(whole).await,
        }
    }
}

/// The name that a program gives itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> String {
    let agent = headers.get(axum::http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
