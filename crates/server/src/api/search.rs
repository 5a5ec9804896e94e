//! The parameters of lists of accounts and groups.

use plauder_derive::Params;
use plauder_talk::search::Search;

use crate::api::params::SearchTerm;

/// What is searched for, and which part of the result.
#[derive(Params)]
pub(crate) struct SearchParams {
    /// A part of an id or a name; empty: everything.
    #[param(default)]
    search: SearchTerm,
    /// How many are returned; absent or negative: all.
    limit: Option<i64>,
    /// How many are passed over first.
    offset: Option<i64>,
}

impl SearchParams {
    /// The search that they ask for.
    pub(crate) fn search(&self) -> Search {
        Search::new(&self.search.0, self.limit, self.offset)
    }
}
