//! The schema of the store, step by step, and how a store is brought up to date.

use crate::StoreError;

/// The files of `migrations/` in the order of their numbers, listed by `build.rs`. Each is written once for both stores; `{id}` and `{text}` stand for what they call differently. A step that
/// has been released is never changed.
const STEPS: &[&str] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// What a store has to offer to be brought up to date.
pub(crate) trait Schema {
    /// The type of a number that the store gives and never gives again.
    const ID: &'static str;
    /// The type of a text that is compared byte by byte.
    const TEXT: &'static str;

    /// Begins a transaction that keeps everybody else from doing the same.
    fn begin(&mut self) -> Result<(), StoreError>;
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Runs several statements; `what` names them in an error.
    fn batch(&mut self, what: &'static str, sql: &str) -> Result<(), StoreError>;
    /// Reads the one number that `sql` asks for.
    fn version(&mut self, sql: &'static str) -> Result<i64, StoreError>;
}

/// The schema that this program knows.
fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Whether there is nothing to do. A schema that is newer than known is an error.
pub(crate) fn is_up_to_date<S: Schema>(store: &mut S) -> Result<bool, StoreError> {
    store.begin()?;
    let found = found(store)?;
    store.commit()?;
    Ok(found == known())
}

/// The schema that the store has; 0: none.
fn found<S: Schema>(store: &mut S) -> Result<i64, StoreError> {
    store.batch(
        "CREATE TABLE schema_version",
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
    )?;
    let found = store.version("SELECT COALESCE(MAX(version), 0) FROM schema_version")?;
    if found > known() {
        return Err(StoreError::NewerSchema { found, known: known() });
    }
    Ok(found)
}

/// Does the steps that were not done yet, all of them or none.
pub(crate) fn bring_up_to_date<S: Schema>(store: &mut S) -> Result<(), StoreError> {
    bring_to(store, STEPS.len())
}

/// The same up to a step, for tests of those after it.
pub(crate) fn bring_to<S: Schema>(store: &mut S, last: usize) -> Result<(), StoreError> {
    store.begin()?;
    let found = found(store)?;
    for (number, step) in (1..).zip(&STEPS[..last]).skip_while(|(number, _)| *number <= found) {
        let sql = step.replace("{id}", S::ID).replace("{text}", S::TEXT);
        store.batch("migration", &sql)?;
        store
            .batch("INSERT INTO schema_version", &format!("INSERT INTO schema_version VALUES ({number})"))?;
        tracing::info!(schema = number, "brought the store up to date");
    }
    store.commit()
}
