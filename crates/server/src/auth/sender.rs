//! The sender of a request: its address, and its credentials as far as they can be checked outside of a transaction.

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
    /// Whether the client uses TLS, so that a cookie may be limited to encrypted connections.
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
    /// Authenticates the sender of a request.
    ///
    /// # Errors
    /// 401 if the credentials are wrong, 429 after too many failed logins from the address.
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

    /// The checked credentials.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The address of the client, see [`address::client_address`].
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The hash of the session cookie of the request, even if it presents other credentials too.
    pub(crate) fn cookie_hash(&self) -> Option<String> {
        self.cookie.as_deref().map(secret::hash)
    }

    /// Whether the request presents a password or an app password, and not a session cookie.
    pub(crate) fn has_presented_secret(&self) -> bool {
        matches!(self.presented, PresentedCredentials::Basic { .. } | PresentedCredentials::Bearer(_))
    }

    /// Whether the request presents the password of the account.
    pub(crate) fn has_presented_password(&self) -> bool {
        matches!(self.credentials, Credentials::Password { .. })
    }

    /// Checks the credentials as far as possible without a transaction. A password is looked up in the password cache
    /// first and verified if it is not there.
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
                    None => Box::pin(self.verify_password(user_key, secret)).await,
                }
            }
        }
    }

    /// Runs `work` in a transaction, if the policy `P` admits the sender in this transaction.
    pub(crate) async fn run<P, T, E, W>(&self, mode: Mode, work: Arc<W>) -> Result<T, RunError<E>>
    where
        P: Policy,
        W: Fn(&mut Transaction<'_>, &P::Principal) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run_as::<P, T, E, W>(mode, self.credentials.clone(), work).await
    }

    /// Verifies the password again after a transaction in which the credentials were not valid: it matched a hash that
    /// the account no longer has, and may match the new one. `None` if no password was presented.
    pub(crate) async fn recheck_credentials(&self) -> Option<Result<Credentials, ApiError>> {
        let (PresentedCredentials::Basic { user, secret }, Credentials::Password { .. }) =
            (&self.presented, &self.credentials)
        else {
            return None;
        };
        let user_key = UserId::key_of(user);
        self.app.password_cache.remove(&user_key, secret);
        Some(self.verify_password(user_key, secret).await)
    }

    /// Runs `work` like [`Self::run`], with `credentials` instead of those that were checked first.
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
        let transaction = move |tx: &mut Transaction<'_>| {
            let caller = identify(tx, &credentials)?;
            let principal = P::authorize(tx, caller).map_err(RunError::Denied)?;
            work(tx, &principal).map_err(RunError::UseCase)
        };
        match mode {
            Mode::Read => self.app.database.read(transaction).await,
            Mode::Write => self.app.database.write(transaction).await,
        }
    }
}

/// The `User-Agent` header.
pub(crate) fn user_agent(headers: &HeaderMap) -> String {
    let agent = headers.get(axum::http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
