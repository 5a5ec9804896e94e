//! Searching accounts and groups.

/// A search: the text, and which part of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    text: String,
    limit: i64,
    offset: i64,
}

impl Search {
    /// A search for `text`; empty: everything. A negative limit or offset counts as absent.
    #[must_use]
    pub fn new(text: &str, limit: Option<i64>, offset: Option<i64>) -> Self {
        Self {
            text: text.to_owned(),
            limit: limit.filter(|limit| *limit >= 0).unwrap_or(i64::MAX),
            offset: offset.unwrap_or(0).max(0),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn limit(&self) -> i64 {
        self.limit
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset
    }
}
