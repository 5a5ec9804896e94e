//! The results of handlers: an answer with data, or a failure.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::http::header::CONNECTION;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::php::EmptyArray;

/// A success: a status, further headers, and the data for the envelope.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    status: StatusCode,
    headers: HeaderMap,
    data: T,
}

impl<T> Answer<T> {
    /// 200 with `data`.
    pub fn ok(data: T) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), data }
    }

    /// 201 with `data`.
    pub fn created(data: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(data) }
    }

    /// The same with a further header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

impl Answer<EmptyArray> {
    /// 200 with an empty list for data: the answer of operations that return nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::ok(EmptyArray)
    }
}

impl<T: Serialize + Send + Sync + 'static> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let code = self.status.as_u16();
        let contents = Contents { code, message: None, data: Arc::new(self.data) };
        let mut response = self.status.into_response();
        *response.headers_mut() = self.headers;
        response.extensions_mut().insert(contents);
        response
    }
}

/// A refusal or an error: a code, a sentence for people, and rarely data.
///
/// | code | status under `v2.php` |
/// |---|---|
/// | 400 to 599 | the same |
/// | 997 (not signed in) | 401 |
/// | 998 (unknown) | 404 |
/// | others, those of operations on accounts (101 bad input, 102 exists …) | 400 |
#[derive(Clone)]
pub struct Failure {
    code: u16,
    message: Option<Cow<'static, str>>,
    data: Arc<dyn Render>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Failure {
    /// A failure without a message.
    #[must_use]
    pub fn new(code: u16) -> Self {
        Self { code, message: None, data: Arc::new(EmptyArray), headers: Vec::new() }
    }

    /// 400: the request is wrong, as `message` says.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400).because(message)
    }

    /// 401 with code 997: the operation needs an account.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(997).because("Current user is not logged in")
    }

    /// 500: an internal error. Its cause belongs into the log, not into the answer.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(500).because("Internal server error")
    }

    /// 408: the body took too long to arrive. Its rest cannot be distinguished from the next request, so the connection
    /// is closed.
    #[must_use]
    pub fn late_body() -> Self {
        let failure = Self::new(408).because("The body of the request took too long to come");
        failure.with_header(CONNECTION, HeaderValue::from_static("close"))
    }

    /// The same with a sentence for people.
    #[must_use]
    pub fn because(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The same with data in the envelope.
    #[must_use]
    pub fn with_data(mut self, data: impl Serialize + Send + Sync + 'static) -> Self {
        self.data = Arc::new(data);
        self
    }

    /// The same with a further header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The code in the envelope.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The status under `v2.php`.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.code {
            997 => StatusCode::UNAUTHORIZED,
            998 => StatusCode::NOT_FOUND,
            code @ 400..=599 => StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("code", &self.code)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        *response.headers_mut() = self.headers.into_iter().collect();
        response.extensions_mut().insert(Contents {
            code: self.code,
            message: self.message,
            data: self.data,
        });
        response
    }
}

/// The contents of an envelope. A handler passes them to [`crate::Envelope::seal`] as a response extension.
#[derive(Clone)]
pub(crate) struct Contents {
    pub(crate) code: u16,
    pub(crate) message: Option<Cow<'static, str>>,
    pub(crate) data: Arc<dyn Render>,
}

/// Data of any type that can be written as JSON.
pub(crate) trait Render: Send + Sync {
    /// A lower bound of the size of its JSON, in bytes.
    fn json_bytes(&self) -> usize {
        0
    }

    fn json(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error>;
}

impl<T: Serialize + Send + Sync> Render for T {
    fn json(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        serde_json::to_writer(out, self)
    }
}
