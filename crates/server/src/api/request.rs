//! The one thing that a handler is given: the request of an operation, with its parameters as a type, and a way into the
//! store through the policy of the operation.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use plauder_ocs::guard;
use plauder_store::{StoreError, Transaction};
use plauder_talk::UseCaseError;
use plauder_talk::caller::Credentials;

use super::manners::Manners;
use super::operation::{Handler, Operation};
use super::params::{Params as _, Source};
use crate::App;
use crate::auth::policy::Policy;
use crate::auth::sender::{Mode, RunError};
use crate::auth::{Sender, user_agent};
use crate::error::ApiError;

/// What a use case learns of the caller of an operation.
pub(crate) type Principal<O> = <<O as Operation>::Policy as Policy>::Principal;

/// A request of the operation `O`, answered in the manners `M`.
pub(crate) struct ApiRequest<O: Operation, M> {
    /// What every request works with.
    pub(crate) app: App,
    /// Its parameters.
    pub(crate) params: Arc<O::Params>,
    sender: Sender,
    headers: HeaderMap,
    manners: PhantomData<M>,
}

/// Answers a request: the way of every operation, from the router to its handler.
pub(crate) async fn answer<O: Handler<M>, M: Manners>(State(app): State<App>, request: Request) -> Response {
    // Boxed, so that the future of a waiting request does not hold what is needed only before.
    match Box::pin(ApiRequest::<O, M>::receive(app, request)).await {
        Ok(request) => O::run(request).await.unwrap_or_else(ApiError::into_response),
        Err(Rejection::Error(error)) => error.into_response(),
        Err(Rejection::CrossSite) => guard::CrossSite.into_response(),
    }
}

/// Why a request does not reach its handler.
enum Rejection {
    Error(ApiError),
    /// It may have been sent by a foreign site.
    CrossSite,
}

impl From<ApiError> for Rejection {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl<O: Handler<M>, M: Manners> ApiRequest<O, M> {
    /// Takes a request in: checks its credentials, then that a client sent it, then reads its parameters. If they cannot
    /// be read, the policy decides first whether that is said.
    async fn receive(app: App, request: Request) -> Result<Self, Rejection> {
        let (parts, body) = request.into_parts();
        let sender = Sender::authenticate(&app, &parts).await?;
        if O::Policy::NEEDS_ACCOUNT && *sender.credentials() == Credentials::None {
            return Err(ApiError::not_signed_in().into());
        }
        if !guard::is_from_client(&parts.headers) {
            return Err(Rejection::CrossSite);
        }
        let headers = if O::META.reads_headers { parts.headers.clone() } else { HeaderMap::new() };
        let read = Source::from_request(Request::from_parts(parts, body)).await;
        match read.and_then(|source| O::Params::read(&source)) {
            Ok(params) => {
                let params = Arc::new(params);
                Ok(Self { app, params, sender, headers, manners: PhantomData })
            }
            Err(failure) => {
                Self::authorize_sender(&sender).await?;
                Err(ApiError::from(failure).into())
            }
        }
    }

    /// Asks the policy alone: for a handler that does something slow before its use case.
    ///
    /// # Errors
    /// How the refusal of the policy is answered.
    pub(crate) async fn authorize(&self) -> Result<(), ApiError> {
        Self::authorize_sender(&self.sender).await
    }

    async fn authorize_sender(sender: &Sender) -> Result<(), ApiError> {
        Self::run::<_, StoreError, _>(sender, Mode::Read, Arc::new(|_: &mut Transaction<'_>, _: &_| Ok(())))
            .await
    }

    /// Runs `work`, which only reads, if the policy admits the caller.
    ///
    /// # Errors
    /// How the refusal of `work` or of the policy is answered.
    pub(crate) async fn read<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Principal<O>, &O::Params) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: UseCaseError,
    {
        let params = Arc::clone(&self.params);
        let work = move |tx: &mut Transaction<'_>, principal: &Principal<O>| work(tx, principal, &params);
        Self::run(&self.sender, Mode::Read, Arc::new(work)).await
    }

    /// Runs `work` and keeps what it wrote, if the policy admits the caller and `work` does not refuse.
    ///
    /// # Errors
    /// How the refusal of `work` or of the policy is answered.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Principal<O>, &O::Params) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: UseCaseError,
    {
        let params = Arc::clone(&self.params);
        let work = move |tx: &mut Transaction<'_>, principal: &Principal<O>| work(tx, principal, &params);
        Self::run(&self.sender, Mode::Write, Arc::new(work)).await
    }

    async fn run<T, E, W>(sender: &Sender, mode: Mode, work: Arc<W>) -> Result<T, ApiError>
    where
        W: Fn(&mut Transaction<'_>, &Principal<O>) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: UseCaseError,
    {
        let mut outcome = sender.run::<O::Policy, _, _, _>(mode, Arc::clone(&work)).await;
        if let Err(RunError::Identity) = outcome
            && let Some(credentials) = Box::pin(sender.recheck_credentials()).await
        {
            outcome = Box::pin(sender.run_as::<O::Policy, _, _, _>(mode, credentials?, work)).await;
        }
        outcome.map_err(|error| match error {
            RunError::Identity => ApiError::not_signed_in(),
            RunError::Denied(denied) => denied.into(),
            RunError::Store(error) => ApiError::store(&error),
            RunError::UseCase(error) => match error.store_error() {
                Some(error) => ApiError::store(error),
                None => O::refuse(error.reason(), error.to_string()).into(),
            },
        })
    }

    /// The credentials, as far as they were checked.
    pub(crate) fn credentials(&self) -> &Credentials {
        self.sender.credentials()
    }

    /// The address of the client: that of the connection, or the one that a trusted proxy names.
    pub(crate) fn address(&self) -> IpAddr {
        self.sender.address()
    }

    /// The sender, for what has to be known of the credentials themselves.
    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The headers of the request, if its operation says that it reads them.
    pub(crate) fn headers(&self) -> &HeaderMap {
        debug_assert!(O::META.reads_headers, "{} does not say that it reads headers", O::META.title);
        &self.headers
    }

    /// The name that the client gives itself.
    pub(crate) fn user_agent(&self) -> String {
        user_agent(self.headers())
    }
}
