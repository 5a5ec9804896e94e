//! Talk's settings that administrators changed at run time.

use super::access_epoch;
use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    LIST = "SELECT name, value FROM settings ORDER BY name";
    SET = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    DELETE = "DELETE FROM settings WHERE name = $1";
}

/// Names and values of the settings that were changed, sorted by name.
pub fn list(tx: &mut Transaction<'_>) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(&LIST, params![])
}

/// Changes a setting.
pub fn set(tx: &mut Transaction<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(&SET, params![name, value])?;
    access_epoch::advance(tx)
}

/// Returns a setting to its default.
pub fn delete(tx: &mut Transaction<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![name])?;
    access_epoch::advance(tx)
}
