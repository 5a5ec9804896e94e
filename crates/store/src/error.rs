//! Errors of the store itself.

use std::sync::Arc;

use thiserror::Error;

/// An error of the store. It is not the caller's fault, and nothing was changed.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// The store has a newer schema than this program.
    #[error(
        "the store has schema {found}, and this program knows schemas up to {known}: it was created by a newer Plauder, \
         use that or a newer one"
    )]
    NewerSchema {
        /// The schema of the store.
        found: i64,
        /// The latest schema that this program knows.
        known: i64,
    },
    /// Another server has the SQLite store open.
    #[error("another Plauder serves the store {0}; an SQLite store has one server at a time")]
    InUse(String),
    /// The store cannot be opened.
    #[error("cannot open the store {place}: {cause}")]
    Unreachable {
        /// The location, without its password.
        place: String,
        /// The error of the driver.
        cause: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// A statement failed.
    #[error("{statement}: {cause}")]
    Statement {
        /// The SQL that failed.
        statement: &'static str,
        /// The error of the driver.
        cause: Arc<dyn std::error::Error + Send + Sync>,
        /// Whether a retry of the whole transaction may succeed, because it conflicted with others.
        transient: bool,
    },
    /// The store returned a value that it cannot have.
    #[error("the store holds an impossible value: {0}")]
    Impossible(String),
    /// The store was closed, or the work panicked.
    #[error("the store is closed")]
    Closed,
    /// This kind of store does not support the operation.
    #[error("{0}")]
    Unsupported(&'static str),
}

impl StoreError {
    pub(crate) fn statement(
        statement: &'static str,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
        transient: bool,
    ) -> Self {
        Self::Statement { statement, cause: Arc::from(cause.into()), transient }
    }

    pub(crate) fn unreachable(
        place: impl Into<String>,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unreachable { place: place.into(), cause: Arc::from(cause.into()) }
    }

    /// Whether a retry of the transaction may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Statement { transient: true, .. })
    }
}
