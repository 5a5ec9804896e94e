//! A number that grows whenever what somebody signs in with may be worth nothing any more, or when it changes who may
//! use Talk. A request that waits was let in at one value, and is looked at again when it is another.

use crate::driver::{params, read_int};
use crate::{StoreError, Transaction, statements};

statements! {
    CURRENT = "SELECT number FROM access_epoch";
    ADVANCE = "UPDATE access_epoch SET number = number + 1";
}

/// The number as it is now.
pub fn current(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let number = tx.query_one(&CURRENT, params![], read_int)?;
    number.ok_or_else(|| StoreError::Impossible("no access epoch".to_owned()))
}

/// Lets everybody who waits be looked at again.
pub(crate) fn advance(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&ADVANCE, params![]).map(drop)
}
