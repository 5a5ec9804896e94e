//! Searching accounts and groups.

use plauder_model::Reason;
use plauder_store::StoreError;
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// A search: the text, and which part of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    text: String,
    limit: i64,
    offset: i64,
}

/// Why a search is refused.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The text is longer than any name.
    #[error("search must not have more than {} bytes", Search::MAX_BYTES)]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for SearchError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::TooLong => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

impl Search {
    /// The maximum length of the text, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// A search for `text`; empty: everything. A negative limit or offset counts as absent.
    #[must_use]
    pub fn new(text: &str, limit: Option<i64>, offset: Option<i64>) -> Self {
        Self {
            text: text.to_owned(),
            limit: limit.filter(|limit| *limit >= 0).unwrap_or(i64::MAX),
            offset: offset.unwrap_or(0).max(0),
        }
    }

    pub(crate) fn text(&self) -> Result<&str, SearchError> {
        if self.text.len() > Self::MAX_BYTES { Err(SearchError::TooLong) } else { Ok(&self.text) }
    }

    pub(crate) fn limit(&self) -> i64 {
        self.limit
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset
    }
}
