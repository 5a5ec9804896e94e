//! A request's sender before a door: extracted before anything else of a request is looked at.

mod password;

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use plauder_model::UserId;
use plauder_ocs::{Failure, guard};
use plauder_store::{StoreError, Transaction};
use plauder_talk::caller::{Credentials, IdentifyError, identify};
use plauder_talk::secret;

use super::address;
use super::door::{Door, Refused};
use super::shown::{Shown, session_cookie};
use crate::App;
use crate::error::ApiError;

/// Somebody who asks for something behind a door of kind `D`.
pub(crate) struct Asker<D> {
    app: App,
    shown: Shown,
    credentials: Credentials,
    address: IpAddr,
    cookie: Option<String>,
    /// Whether a cookie may travel on encrypted connections only.
    pub(crate) is_behind_tls: bool,
    door: PhantomData<D>,
}

/// Why a request does not get as far as its use case.
pub(crate) enum Turned {
    Away(ApiError),
    CrossSite,
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        match self {
            Self::Away(error) => error.into_response(),
            Self::CrossSite => guard::CrossSite.into_response(),
        }
    }
}

impl<D: Door> FromRequestParts<App> for Asker<D> {
    type Rejection = Turned;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Turned> {
        let trusted = &app.config.server.trusted_proxies;
        let mut asker = Self {
            app: app.clone(),
            shown: Shown::of(&parts.headers),
            credentials: Credentials::None,
            address: address::of(parts, trusted),
            cookie: session_cookie(&parts.headers),
            is_behind_tls: address::is_behind_tls(parts, trusted),
            door: PhantomData,
        };
        asker.credentials = asker.check_what_is_shown().await.map_err(Turned::Away)?;
        if D::NEEDS_ACCOUNT && asker.credentials == Credentials::None {
            return Err(Turned::Away(Failure::not_signed_in().into()));
        }
        if !guard::passes(&parts.headers) {
            return Err(Turned::CrossSite);
        }
        Ok(asker)
    }
}

impl<D> Asker<D> {
    /// What they showed, as far as it was checked.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// From where they come, as far as it can be believed.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The hash of the session cookie that came along, whatever else was shown.
    pub(crate) fn cookie_hash(&self) -> Option<String> {
        self.cookie.as_deref().map(secret::hash)
    }

    /// Whether they showed their secret itself, and not a cookie that stands for it.
    pub(crate) fn showed_secret(&self) -> bool {
        matches!(self.shown, Shown::Basic { .. } | Shown::Bearer(_))
    }

    /// Whether they showed the account's own password.
    pub(crate) fn showed_password(&self) -> bool {
        matches!(self.credentials, Credentials::Password { .. })
    }

    /// What is shown, as far as it can be checked without the store or with the memory of right passwords.
    async fn check_what_is_shown(&self) -> Result<Credentials, ApiError> {
        match &self.shown {
            Shown::Nothing => Ok(Credentials::None),
            Shown::Unreadable => Err(wrong_credentials()),
            Shown::Cookie(secret) => Ok(Credentials::Cookie { secret_hash: secret::hash(secret) }),
            Shown::Bearer(secret) => {
                Ok(Credentials::AppPassword { secret_hash: secret::hash(secret), user_key: None })
            }
            Shown::Basic { user, secret } => {
                let user_key = UserId::key_of(user);
                if secret::looks_like_app_password(secret) {
                    let secret_hash = secret::hash(secret);
                    return Ok(Credentials::AppPassword { secret_hash, user_key: Some(user_key) });
                }
                match self.app.memory.recall(&user_key, secret, self.app.clock.now()) {
                    Some(password_hash) => Ok(Credentials::Password { user_key, password_hash }),
                    None => Box::pin(self.try_password(user_key, secret)).await,
                }
            }
        }
    }
}

impl<D: Door> Asker<D> {
    /// Reads what was sent. Where it cannot be read, it is said first whether the caller is let in at all.
    pub(crate) async fn checked<T>(&self, read: impl FnOnce() -> Result<T, Failure>) -> Result<T, ApiError> {
        match read() {
            Ok(sent) => Ok(sent),
            Err(failure) => {
                Box::pin(self.read(|_, _| Ok::<_, StoreError>(()))).await?;
                Err(failure.into())
            }
        }
    }

    /// Runs `work` that only reads, if the caller is let through the door.
    pub(crate) async fn read<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &D::Pass) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        self.run(Access::Read, Arc::new(work)).await
    }

    /// Runs `work` and keeps what it wrote, if the caller is let through the door and `work` does not refuse.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &D::Pass) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        self.run(Access::Write, Arc::new(work)).await
    }

    async fn run<T, E, W>(&self, access: Access, work: Arc<W>) -> Result<T, ApiError>
    where
        W: Fn(&mut Transaction<'_>, &D::Pass) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        let first = self.run_as(access, self.credentials.clone(), Arc::clone(&work)).await;
        if let (Err(Ended::Identity), Shown::Basic { user, secret }) = (&first, &self.shown)
            && matches!(self.credentials, Credentials::Password { .. })
        {
            // The password was right for a hash that is not the account's any more. It may be right for the new one.
            let user_key = UserId::key_of(user);
            self.app.memory.forget(&user_key, secret);
            let credentials = Box::pin(self.try_password(user_key, secret)).await?;
            return Box::pin(self.run_as(access, credentials, work)).await.map_err(Into::into);
        }
        first.map_err(Into::into)
    }

    async fn run_as<T, E, W>(
        &self,
        access: Access,
        credentials: Credentials,
        work: Arc<W>,
    ) -> Result<T, Ended<E>>
    where
        W: Fn(&mut Transaction<'_>, &D::Pass) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        let whole = move |tx: &mut Transaction<'_>| {
            let caller = identify(tx, &credentials)?;
            let pass = D::admit(tx, caller).map_err(Ended::Door)?;
            work(tx, &pass).map_err(Ended::UseCase)
        };
        match access {
            Access::Read => self.app.database.read(whole).await,
            Access::Write => self.app.database.write(whole).await,
        }
    }
}

#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
}

/// How far a request got that came to no good end.
enum Ended<E> {
    Identity,
    Door(Refused),
    UseCase(E),
    Store(StoreError),
}

impl<E> From<StoreError> for Ended<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> From<IdentifyError> for Ended<E> {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Wrong => Self::Identity,
            IdentifyError::Store(error) => Self::Store(error),
        }
    }
}

impl<E: Into<ApiError>> From<Ended<E>> for ApiError {
    fn from(ended: Ended<E>) -> Self {
        match ended {
            Ended::Identity => wrong_credentials(),
            Ended::Door(refused) => match refused.failure() {
                Ok(failure) => failure.into(),
                Err(error) => Self::store(&error),
            },
            Ended::UseCase(error) => error.into(),
            Ended::Store(error) => Self::store(&error),
        }
    }
}

fn wrong_credentials() -> ApiError {
    Failure::not_signed_in().into()
}

/// The name that a program gives itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> String {
    let agent = headers.get(axum::http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
