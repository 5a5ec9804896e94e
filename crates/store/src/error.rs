//! What can go wrong with the store itself.

use std::sync::Arc;

use thiserror::Error;

/// The store did not do what it was asked. None of this is the caller's fault, and nothing was changed.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// The store was made by a newer program.
    #[error(
        "the store has schema {found}, and this program knows schemas up to {known}: it was made by a newer Plauder, \
         use that or a newer one"
    )]
    NewerSchema {
        /// The schema of the store.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another server has the SQLite store open.
    #[error("another Plauder serves the store {0}; an SQLite store has one server at a time")]
    InUse(String),
    /// The store cannot be opened.
    #[error("cannot open the store {place}: {cause}")]
    Unreachable {
        /// Which store, without its password.
        place: String,
        /// What the driver said.
        cause: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// A statement failed.
    #[error("{statement}: {cause}")]
    Statement {
        /// The SQL that failed.
        statement: &'static str,
        /// What the driver said.
        cause: Arc<dyn std::error::Error + Send + Sync>,
        /// Whether running the whole transaction again may help: others were in the way.
        transient: bool,
    },
    /// The store holds something that it cannot hold.
    #[error("the store holds an impossible value: {0}")]
    Impossible(String),
    /// The store was closed, or the work ended without an answer.
    #[error("the store is closed")]
    Closed,
    /// The operation is not for this kind of store.
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

    /// Whether running the transaction again may help.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Statement { transient: true, .. })
    }
}
