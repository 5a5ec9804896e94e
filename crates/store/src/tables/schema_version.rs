//! The version of the schema. The migrations read and write it; this file only checks that the store can be written.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    REWRITE_VERSION = "UPDATE schema_version SET version = version";
}

/// Writes without changing anything. Fails if the store cannot be written, because it is full or read-only.
pub fn touch(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(&REWRITE_VERSION, params![]).map(drop)
}
