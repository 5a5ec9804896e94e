//! The access epoch: a number that grows whenever credentials may have become invalid, or an account may have lost the
//! right to use Talk. A waiting request remembers the epoch at which it was admitted, and checks again when it is woken
//! and the epoch has grown. A web session that expires, or ends because the account has newer ones, does not advance it.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    LOAD = "SELECT number FROM access_epoch";
    ADVANCE = "UPDATE access_epoch SET number = number + 1";
}

/// The current epoch.
pub fn load(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let number = tx.query_one(&LOAD, params![])?;
    number.ok_or_else(|| StoreError::Impossible("no access epoch".to_owned()))
}

/// Begins a new epoch: every waiting request checks its access again.
pub(crate) fn advance(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&ADVANCE, params![]).map(drop)
}
