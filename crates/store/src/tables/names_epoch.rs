//! A number that grows whenever an account changes its name or is deleted, so that whoever keeps what names stand in knows
//! that they may be others now.

use crate::driver::{params, read_int};
use crate::{StoreError, Transaction, statements};

statements! {
    CURRENT = "SELECT number FROM names_epoch";
    ADVANCE = "UPDATE names_epoch SET number = number + 1";
}

/// The number as it is now.
pub fn current(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let number = tx.query_one(&CURRENT, params![], read_int)?;
    number.ok_or_else(|| StoreError::Impossible("no names epoch".to_owned()))
}

/// Notes that a name changed.
pub(crate) fn advance(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&ADVANCE, params![]).map(drop)
}
