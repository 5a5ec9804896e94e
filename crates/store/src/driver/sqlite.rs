//! The driver of SQLite. One thread writes, others read.
//!
//! The writer takes jobs from the queue, runs each in a savepoint, commits them as one batch, and then sends the
//! results. While a batch is being committed, the jobs of the next one collect in the queue. A single job is committed
//! at once.

use std::fs::{self, File, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::Receiver;
use plauder_model::{ConversationId, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::types::ToSqlOutput;
use rusqlite::{OpenFlags, ToSql};

use super::{Connection, Param};
use crate::job::{Job, Outcome};
use crate::row::Row;
use crate::store_context::StoreContext;
use crate::{Statement, StoreError, Transaction, migrations};

/// Greatest number of jobs in a batch. It limits the time that a result waits for other jobs.
const MAX_BATCH: usize = 256;

/// Time to wait for another process that has locked the file, such as the command line or a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to a database file.
pub(crate) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens the file, creates it if it does not exist, and migrates its schema to the latest version. A server
    /// (`serve`) holds an exclusive lock on the store until the returned file is dropped. Any other process takes that
    /// lock to migrate, so that the schema does not change while a server is running.
    pub(crate) fn open(path: &Path, serve: bool) -> Result<(Self, Option<File>), StoreError> {
        let place = format!("sqlite://{}", path.display());
        let failed = |error: std::io::Error| StoreError::unreachable(&place, error);
        if let Some(folder) =
            path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        {
            create_private_folder(folder).map_err(failed)?;
        }
        let server_lock = if serve { Some(lock_for_serving(path)?) } else { None };
        if !path.exists() {
            create_private_file(path).map_err(failed)?;
        }
        let connection = rusqlite::Connection::open(path).map_err(|e| StoreError::unreachable(&place, e))?;
        let mut store = Self::prepare(connection, &place)?;
        if !migrations::is_up_to_date(&mut store)? {
            let _migration_lock = if serve { None } else { Some(lock_for_serving(path)?) };
            migrations::migrate(&mut store)?;
        }
        Ok((store, server_lock))
    }

    /// Opens an empty store in memory, which is lost with its connection.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let connection =
            rusqlite::Connection::open_in_memory().map_err(|e| StoreError::unreachable("memory", e))?;
        let mut store = Self::prepare(connection, "memory")?;
        migrations::migrate(&mut store)?;
        Ok(store)
    }

    pub(crate) fn prepare(connection: rusqlite::Connection, place: &str) -> Result<Self, StoreError> {
        configure(&connection).map_err(|error| StoreError::unreachable(place, error))?;
        Ok(Self(connection))
    }

    /// Opens a read-only connection to the file.
    fn reader(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| StoreError::unreachable(format!("sqlite://{}", path.display()), error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        configure_caches(&connection).map_err(failed)?;
        Ok(Self(connection))
    }

    fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| StoreError::statement(sql, error, false))
    }

    /// Runs a statement that is run often, and caches it.
    fn run_cached(&self, sql: &'static str) -> Result<(), StoreError> {
        let failed = |error| StoreError::statement(sql, error, false);
        self.0.prepare_cached(sql).and_then(|mut prepared| prepared.raw_execute()).map(drop).map_err(failed)
    }

    /// Copies a snapshot of the store into a new file that only its owner can read. Other processes may use the store
    /// meanwhile.
    pub(crate) fn copy(path: &Path, target: &Path) -> Result<(), StoreError> {
        let failed = |error| StoreError::unreachable(target.display().to_string(), error);
        let source = Self::reader(path)?;
        create_private_file(target).map_err(failed)?;
        let copied = source.0.execute("VACUUM INTO $1", [target.to_string_lossy().as_ref()]);
        if let Err(error) = copied {
            let _ = fs::remove_file(target);
            return Err(StoreError::statement("VACUUM INTO $1", error, false));
        }
        File::open(target).and_then(|copy| copy.sync_all()).map_err(failed)
    }

    /// Rolls the current job back, but not the batch.
    fn roll_back_job(&self) -> Result<(), StoreError> {
        self.run_cached("ROLLBACK TO job")?;
        self.run_cached("RELEASE job")
    }

    /// Whether SQLite has rolled the transaction back because of an error.
    fn has_lost_transaction(&self) -> bool {
        self.0.is_autocommit()
    }
}

#[cfg(test)]
impl Sqlite {
    /// Prepares a statement.
    pub(crate) fn check(&mut self, statement: &Statement) -> Result<(), StoreError> {
        self.0.prepare(statement.sql).map(drop).map_err(|error| failed(statement, error))
    }
}

fn configure(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on the disk before its result is sent, so that it survives a power failure.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Deleted rows are overwritten where that costs no extra writes. Pages that became free may keep old content.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    configure_caches(connection)
}

/// Configures the caches of a connection: each statement is prepared once, and pages are kept in memory.
fn configure_caches(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(512);
    // Without this, SQLite prepares a statement that could use a partial index again whenever its parameters change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A negative size is in KiB.
    connection.pragma_update(None, "cache_size", -16 * 1024)
}

/// Creates a folder that only its owner can access.
#[cfg(unix)]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Creates a file that only its owner can read and write. SQLite gives its journal the same permissions.
fn create_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Locks the store against other servers until the returned file is dropped.
fn lock_for_serving(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".serving");
    let file = PathBuf::from(name);
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&file);
    let lock = lock.map_err(|error| StoreError::unreachable(file.display().to_string(), error))?;
    lock.try_lock().map_err(|_| StoreError::InUse(path.display().to_string()))?;
    Ok(lock)
}

impl Connection for Sqlite {
    fn query(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |error| failed(statement, error);
        let mut prepared = self.0.prepare_cached(statement.sql).map_err(failed)?;
        for (at, param) in params.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, param).map_err(failed)?;
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            each(&mut Row::sqlite(row))?;
        }
        Ok(())
    }

    fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let failed = |error| failed(statement, error);
        let mut prepared = self.0.prepare_cached(statement.sql).map_err(failed)?;
        for (at, param) in params.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, param).map_err(failed)?;
        }
        prepared.raw_execute().map(|rows| rows as u64).map_err(failed)
    }
}

fn failed(statement: &Statement, error: rusqlite::Error) -> StoreError {
    StoreError::statement(statement.sql, error, false)
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            Self::Null => ToSqlOutput::from(rusqlite::types::Null),
            Self::Int(value) => ToSqlOutput::from(value),
            Self::Bool(value) => ToSqlOutput::from(value),
            Self::Text(value) => ToSqlOutput::from(value),
        })
    }
}

impl migrations::Schema for Sqlite {
    const ID: &'static str = "INTEGER PRIMARY KEY AUTOINCREMENT";
    const TEXT: &'static str = "TEXT";

    fn begin(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT")
    }

    fn batch(&mut self, label: &'static str, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| StoreError::statement(label, error, false))
    }

    fn version(&mut self, sql: &'static str) -> Result<i64, StoreError> {
        self.0.query_row(sql, [], |row| row.get(0)).map_err(|error| StoreError::statement(sql, error, false))
    }
}

/// Runs the writer until the queue is closed and empty.
pub(crate) fn write_jobs(mut store: Sqlite, jobs: &Receiver<Box<dyn Job>>, context: &StoreContext) {
    while let Ok(first) = jobs.recv() {
        write_batch(&mut store, first, jobs, context);
    }
    // Merges the journal into the file. An error does no harm: SQLite reads the journal at the next start.
    let _ = store.run("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
}

fn write_batch(
    store: &mut Sqlite,
    first: Box<dyn Job>,
    jobs: &Receiver<Box<dyn Job>>,
    context: &StoreContext,
) {
    if let Err(error) = store.run_cached("BEGIN IMMEDIATE") {
        first.answer(Err(error));
        return;
    }
    let now = context.clock.now();
    let mut finished: Vec<Box<dyn Job>> = Vec::new();
    let mut changed = Vec::new();
    let mut next = Some(first);
    let mut failure = None;
    while let Some(mut job) = next.take() {
        let result = write_job(store, job.as_mut(), now, context);
        finished.push(job);
        match result {
            Ok(mut conversations) => changed.append(&mut conversations),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
        if finished.len() < MAX_BATCH {
            next = jobs.try_recv().ok();
        }
    }
    let end = match failure {
        None => store.run_cached("COMMIT"),
        Some(error) => Err(error),
    };
    if end.is_err() && !store.has_lost_transaction() {
        let _ = store.run("ROLLBACK");
    }
    if end.is_ok() {
        context.statistics.batches.fetch_add(1, Ordering::Relaxed);
        context.statistics.jobs.fetch_add(finished.len() as u64, Ordering::Relaxed);
        changed.sort_unstable();
        changed.dedup();
        context.notify(&changed);
    }
    for job in finished {
        job.answer(end.clone());
    }
}

/// Runs one job of a batch, and returns the conversations that it changed. An error means that the whole batch is lost.
fn write_job(
    store: &mut Sqlite,
    job: &mut dyn Job,
    now: Timestamp,
    context: &StoreContext,
) -> Result<Vec<ConversationId>, StoreError> {
    store.run_cached("SAVEPOINT job")?;
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut transaction = Transaction::new(store, context.rng.as_ref(), now);
        let outcome = job.run(&mut transaction);
        match context.count(transaction) {
            Err(error) => {
                job.fail(error);
                (Outcome::Rollback, Vec::new())
            }
            Ok(changed) => (outcome, changed),
        }
    }));
    if store.has_lost_transaction() {
        // SQLite rolls a whole transaction back after some errors, such as a full disk.
        return Err(StoreError::Impossible("the transaction was taken back by SQLite".to_owned()));
    }
    match ran {
        Ok((Outcome::Commit, changed)) => store.run_cached("RELEASE job").map(|()| changed),
        Ok((Outcome::Rollback, _)) => store.roll_back_job().map(|()| Vec::new()),
        Err(_) => {
            // The panic itself has been logged by the panic hook.
            job.fail(StoreError::Closed);
            store.roll_back_job().map(|()| Vec::new())
        }
    }
}

/// Runs a reader until the queue is closed and empty.
pub(crate) fn read_jobs(path: &Path, jobs: &Receiver<Box<dyn Job>>, context: &StoreContext) {
    let mut store = None;
    while let Ok(mut job) = jobs.recv() {
        if store.is_none() {
            match Sqlite::reader(path) {
                Ok(opened) => store = Some(opened),
                Err(error) => {
                    job.answer(Err(error));
                    continue;
                }
            }
        }
        let Some(reader) = store.as_mut() else { continue };
        let end = read_job(reader, job.as_mut(), context);
        if end.is_err() {
            store = None;
        }
        job.answer(end);
    }
}

fn read_job(store: &mut Sqlite, job: &mut dyn Job, context: &StoreContext) -> Result<(), StoreError> {
    store.run_cached("BEGIN")?;
    let now = context.clock.now();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut transaction = Transaction::new(store, context.rng.as_ref(), now);
        job.run(&mut transaction);
        context.count(transaction)
    }));
    match ran {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => job.fail(error),
        Err(_) => job.fail(StoreError::Closed),
    }
    store.run_cached("COMMIT")
}
