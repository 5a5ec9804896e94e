//! SQLite: one thread that writes, some that read.
//!
//! The writer takes jobs from a queue, runs each in a savepoint, commits a whole batch at once and only then answers.
//! While one batch is being made durable the next one gathers in the queue; a lone job waits for nobody.

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

/// How many jobs are committed together at the most: no answer waits for more than these.
const BATCH: usize = 256;

/// How long to wait for another process (the command line, a backup) that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// A connection to a database file.
pub(crate) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens the file, makes it where there is none, and brings its schema up to date. Who serves it holds it against
    /// other servers from before until the file that is returned is dropped. Who does not, changes no schema below a
    /// server.
    pub(crate) fn open(path: &Path, serve: bool) -> Result<(Self, Option<File>), StoreError> {
        let place = format!("sqlite://{}", path.display());
        let failed = |error: std::io::Error| StoreError::unreachable(&place, error);
        if let Some(folder) =
            path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        {
            make_private_folder(folder).map_err(failed)?;
        }
        let alone = if serve { Some(serve_alone(path)?) } else { None };
        if !path.exists() {
            make_private_file(path).map_err(failed)?;
        }
        let connection = rusqlite::Connection::open(path).map_err(|e| StoreError::unreachable(&place, e))?;
        let mut store = Self::prepare(connection, &place)?;
        if !migrations::is_up_to_date(&mut store)? {
            let _held = if serve { None } else { Some(serve_alone(path)?) };
            migrations::bring_up_to_date(&mut store)?;
        }
        Ok((store, alone))
    }

    /// A store that is gone with its connection.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let connection =
            rusqlite::Connection::open_in_memory().map_err(|e| StoreError::unreachable("memory", e))?;
        let mut store = Self::prepare(connection, "memory")?;
        migrations::bring_up_to_date(&mut store)?;
        Ok(store)
    }

    pub(crate) fn prepare(connection: rusqlite::Connection, place: &str) -> Result<Self, StoreError> {
        configure(&connection).map_err(|error| StoreError::unreachable(place, error))?;
        Ok(Self(connection))
    }

    /// Another connection to the same file, for reading only.
    fn reader(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| StoreError::unreachable(format!("sqlite://{}", path.display()), error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        keep_statements(&connection).map_err(failed)?;
        Ok(Self(connection))
    }

    fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| StoreError::statement(sql, error, false))
    }

    /// The same of a statement that is run again and again.
    fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        let failed = |error| StoreError::statement(sql, error, false);
        self.0.prepare_cached(sql).and_then(|mut prepared| prepared.raw_execute()).map(drop).map_err(failed)
    }

    /// Copies the store as it is at one moment into a new file for its owner only, while others go on using it.
    pub(crate) fn copy(path: &Path, target: &Path) -> Result<(), StoreError> {
        let failed = |error| StoreError::unreachable(target.display().to_string(), error);
        let source = Self::reader(path)?;
        make_private_file(target).map_err(failed)?;
        let copied = source.0.execute("VACUUM INTO $1", [target.to_string_lossy().as_ref()]);
        if let Err(error) = copied {
            let _ = fs::remove_file(target);
            return Err(StoreError::statement("VACUUM INTO $1", error, false));
        }
        File::open(target).and_then(|copy| copy.sync_all()).map_err(failed)
    }

    fn take_back_job(&self) -> Result<(), StoreError> {
        self.control("ROLLBACK TO job")?;
        self.control("RELEASE job")
    }

    /// Whether an error ended the transaction that was open.
    fn lost_transaction(&self) -> bool {
        self.0.is_autocommit()
    }
}

#[cfg(test)]
impl Sqlite {
    /// Whether the store understands a statement.
    pub(crate) fn check(&mut self, statement: &Statement) -> Result<(), StoreError> {
        self.0.prepare(statement.sql).map(drop).map_err(|error| failed(statement, error))
    }
}

fn configure(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on the disk before it is answered, also when the power goes.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is deleted is overwritten, so that it is gone from the file too.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    keep_statements(connection)
}

/// Every statement is parsed and planned once a connection, and what it reads is kept in memory.
fn keep_statements(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(512);
    // Else a statement that could use an index with a condition is planned again whenever its parameters change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // In KiB where negative.
    connection.pragma_update(None, "cache_size", -16 * 1024)
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// SQLite gives its journal the permissions of the file.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Holds the store for one server until it is dropped. The command line does not ask for it.
fn serve_alone(path: &Path) -> Result<File, StoreError> {
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

    fn batch(&mut self, what: &'static str, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| StoreError::statement(what, error, false))
    }

    fn version(&mut self, sql: &'static str) -> Result<i64, StoreError> {
        self.0.query_row(sql, [], |row| row.get(0)).map_err(|error| StoreError::statement(sql, error, false))
    }
}

/// Runs the writer until nobody is left who could send it anything.
pub(crate) fn write_jobs(mut store: Sqlite, jobs: &Receiver<Box<dyn Job>>, context: &StoreContext) {
    while let Ok(first) = jobs.recv() {
        write_batch(&mut store, first, jobs, context);
    }
    // Leaves one tidy file behind; what is in the journal would not be lost without it.
    let _ = store.run("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
}

fn write_batch(
    store: &mut Sqlite,
    first: Box<dyn Job>,
    jobs: &Receiver<Box<dyn Job>>,
    context: &StoreContext,
) {
    if let Err(error) = store.control("BEGIN IMMEDIATE") {
        first.answer(Err(error));
        return;
    }
    let now = context.clock.now();
    let mut done: Vec<Box<dyn Job>> = Vec::new();
    let mut changed = Vec::new();
    let mut next = Some(first);
    let mut lost = None;
    while let Some(mut job) = next.take() {
        let decision = write_one(store, job.as_mut(), now, context);
        done.push(job);
        match decision {
            Ok(mut more) => changed.append(&mut more),
            Err(error) => {
                lost = Some(error);
                break;
            }
        }
        if done.len() < BATCH {
            next = jobs.try_recv().ok();
        }
    }
    let end = match lost {
        None => store.control("COMMIT"),
        Some(error) => Err(error),
    };
    if end.is_err() && !store.lost_transaction() {
        let _ = store.run("ROLLBACK");
    }
    context.statistics.batches.fetch_add(1, Ordering::Relaxed);
    context.statistics.jobs.fetch_add(done.len() as u64, Ordering::Relaxed);
    if end.is_ok() {
        changed.sort_unstable();
        changed.dedup();
        context.notify(&changed);
    }
    for job in done {
        job.answer(end.clone());
    }
}

/// Runs one job within a batch, and tells which conversations it touched. An error means that the whole batch is lost.
fn write_one(
    store: &mut Sqlite,
    job: &mut dyn Job,
    now: Timestamp,
    context: &StoreContext,
) -> Result<Vec<ConversationId>, StoreError> {
    store.control("SAVEPOINT job")?;
    let decision = catch_unwind(AssertUnwindSafe(|| {
        let mut transaction = Transaction::new(store, context.rng.as_ref(), now);
        let decision = job.run(&mut transaction);
        match context.count(transaction) {
            Err(error) => {
                job.fail(error);
                (Outcome::Rollback, Vec::new())
            }
            Ok(changed) => (decision, changed),
        }
    }));
    if store.lost_transaction() {
        // The disk is full, or the like: SQLite itself took everything back.
        return Err(StoreError::Impossible("the transaction was taken back by SQLite".to_owned()));
    }
    match decision {
        Ok((Outcome::Commit, changed)) => store.control("RELEASE job").map(|()| changed),
        Ok((Outcome::Rollback, _)) => store.take_back_job().map(|()| Vec::new()),
        Err(_) => {
            // The panic itself has been logged by the panic hook.
            job.fail(StoreError::Closed);
            store.take_back_job().map(|()| Vec::new())
        }
    }
}

/// Runs one reader until nobody is left who could send it anything.
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
        let end = read_one(reader, job.as_mut(), context);
        if end.is_err() {
            store = None;
        }
        job.answer(end);
    }
}

fn read_one(store: &mut Sqlite, job: &mut dyn Job, context: &StoreContext) -> Result<(), StoreError> {
    store.control("BEGIN")?;
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
    store.control("COMMIT")
}
