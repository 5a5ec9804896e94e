//! The row that tells the schema; the store's own, but for asking whether it can be written.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    TOUCH = "UPDATE schema_version SET version = version";
}

/// Writes without changing anything: fails where the store cannot be written, for want of room or of the right.
pub fn touch(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&TOUCH, params![]).map(drop)
}
