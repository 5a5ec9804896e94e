//! Migrations: brings the schema of a store to the latest version. The steps are the files of
//! `crates/store/migrations/`.

use crate::StoreError;

/// The files of `migrations/` in the order of their numbers, listed by `build.rs`. Each is written once for both
/// stores: `{id}` and `{text}` stand for types that differ between them. A released step is never changed.
const STEPS: &[&str] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The operations that a migration needs from a driver.
pub(crate) trait Schema {
    /// The type of an automatic primary key whose values are never used again.
    const ID: &'static str;
    /// The type of a text that is compared byte by byte.
    const TEXT: &'static str;

    /// Begins a transaction that excludes concurrent migrations.
    fn begin(&mut self) -> Result<(), StoreError>;
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Runs several statements; `label` names them in an error.
    fn batch(&mut self, label: &'static str, sql: &str) -> Result<(), StoreError>;
    /// Runs a query whose result is one number.
    fn version(&mut self, sql: &'static str) -> Result<i64, StoreError>;
}

/// The version of the schema that this program uses.
fn latest_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Whether the store has the latest version. A newer version is an error.
pub(crate) fn is_up_to_date<S: Schema>(store: &mut S) -> Result<bool, StoreError> {
    store.begin()?;
    let installed = installed_version(store)?;
    store.commit()?;
    Ok(installed == latest_version())
}

/// The version that the store has; 0: none.
fn installed_version<S: Schema>(store: &mut S) -> Result<i64, StoreError> {
    store.batch(
        "CREATE TABLE schema_version",
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
    )?;
    let installed = store.version("SELECT COALESCE(MAX(version), 0) FROM schema_version")?;
    if installed > latest_version() {
        return Err(StoreError::NewerSchema { found: installed, known: latest_version() });
    }
    Ok(installed)
}

/// Runs the steps that the store does not have yet, in one transaction.
pub(crate) fn migrate<S: Schema>(store: &mut S) -> Result<(), StoreError> {
    migrate_to(store, STEPS.len())
}

/// Runs the steps up to and including the step `last`, for tests of later steps.
pub(crate) fn migrate_to<S: Schema>(store: &mut S, last: usize) -> Result<(), StoreError> {
    store.begin()?;
    let installed = installed_version(store)?;
    for (number, step) in (1..).zip(&STEPS[..last]).skip_while(|(number, _)| *number <= installed) {
        let sql = step.replace("{id}", S::ID).replace("{text}", S::TEXT);
        store.batch("migration", &sql)?;
        store
            .batch("INSERT INTO schema_version", &format!("INSERT INTO schema_version VALUES ({number})"))?;
        tracing::info!(schema = number, "migrated the schema of the store");
    }
    store.commit()
}
