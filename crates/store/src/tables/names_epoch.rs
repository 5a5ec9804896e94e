//! The epoch of names: a number that grows whenever an account changes its display name or is deleted. Text that was
//! cached with names in it is valid in one epoch only.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    LOAD = "SELECT number FROM names_epoch";
    ADVANCE = "UPDATE names_epoch SET number = number + 1";
}

/// The current epoch.
pub fn load(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let number = tx.query_one(&LOAD, params![])?;
    number.ok_or_else(|| StoreError::Impossible("no names epoch".to_owned()))
}

/// Begins a new epoch, because a name has changed.
pub(crate) fn advance(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&ADVANCE, params![]).map(drop)
}
