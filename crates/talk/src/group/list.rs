//! Searching groups.

use plauder_store::{StoreError, Transaction, groups};

use crate::search::Search;

/// A group as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// The group's id.
    pub id: String,
    /// The name to show.
    pub display_name: String,
    /// The number of members.
    pub members: i64,
}

/// The groups whose id or name contains the text, ordered by id.
pub fn list(tx: &mut Transaction<'_>, search: &Search) -> Result<Vec<GroupView>, StoreError> {
    let found = groups::search(tx, search.text(), search.limit(), search.offset())?;
    let views = found.into_iter().map(|(group, members)| GroupView {
        id: group.id,
        display_name: group.display_name,
        members,
    });
    Ok(views.collect())
}
