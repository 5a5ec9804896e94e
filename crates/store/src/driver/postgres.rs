//! The driver of PostgreSQL. Each worker thread has one connection and runs each job in a transaction of its own. A
//! transaction that conflicts with others is retried.

use std::collections::HashMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::BytesMut;
use crossbeam_channel::Receiver;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls};

use super::{Connection, Param};
use crate::job::{Job, Mode, Outcome};
use crate::row::Row;
use crate::statement::Lock;
use crate::store_context::StoreContext;
use crate::{Location, Statement, StoreError, Transaction, migrations};

/// Greatest number of attempts for a transaction that conflicts with others.
const MAX_ATTEMPTS: u32 = 10;

/// A connection to a PostgreSQL server.
pub(crate) struct Postgres {
    client: Client,
    /// Prepared statements, by their SQL and lock.
    prepared: HashMap<(&'static str, Lock), postgres::Statement>,
    /// Whether the current transaction may write.
    writes: bool,
}

impl Postgres {
    /// Connects and migrates the schema to the latest version.
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let mut store = Self::connect(url)?;
        migrations::migrate(&mut store)?;
        Ok(store)
    }

    pub(crate) fn connect(url: &str) -> Result<Self, StoreError> {
        let failed = |error: postgres::Error| {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            StoreError::unreachable(Location::Postgres(url.to_owned()).to_string(), cause)
        };
        let mut config: Config = url.parse().map_err(failed)?;
        config.application_name("plauder");
        // Without these timeouts a broken network would block the thread for many minutes.
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        let client = config.connect(NoTls).map_err(failed)?;
        Ok(Self { client, prepared: HashMap::new(), writes: false })
    }

    /// Connects with timeouts for serving requests, so that no statement runs longer than a client waits for its
    /// response.
    fn connect_to_serve(url: &str) -> Result<Self, StoreError> {
        let mut store = Self::connect(url)?;
        store.run("SET lock_timeout = '10s'; SET statement_timeout = '30s'")?;
        Ok(store)
    }

    fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| failed(sql, &error))
    }

    /// Begins the transaction of a job. A reading transaction sees one snapshot of the store. READ COMMITTED suffices
    /// for writing, because a writing transaction locks the rows that its decisions depend on.
    fn begin_job(&mut self, mode: Mode) -> Result<(), StoreError> {
        self.writes = matches!(mode, Mode::Write);
        self.run(match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        })
    }

    fn prepare(&mut self, statement: &Statement) -> Result<postgres::Statement, StoreError> {
        let lock = if self.writes { statement.lock } else { Lock::None };
        let key = (statement.sql, lock);
        if let Some(prepared) = self.prepared.get(&key) {
            return Ok(prepared.clone());
        }
        let text = match lock_clause(lock) {
            Some(clause) => format!("{} {clause}", statement.sql),
            None => statement.sql.to_owned(),
        };
        let prepared = self.client.prepare(&text).map_err(|error| failed(statement.sql, &error))?;
        self.prepared.insert(key, prepared.clone());
        Ok(prepared)
    }
}

/// The clause that is appended to a query with this lock in a transaction that may write.
pub(crate) const fn lock_clause(lock: Lock) -> Option<&'static str> {
    match lock {
        Lock::None => None,
        Lock::KeyShare => Some("FOR KEY SHARE"),
        Lock::NoKeyUpdate => Some("FOR NO KEY UPDATE"),
        Lock::Update => Some("FOR UPDATE"),
    }
}

#[cfg(test)]
impl Postgres {
    /// Prepares a statement with and without its lock, and returns the types of its parameters.
    pub(crate) fn check(&mut self, statement: &Statement) -> Result<Vec<String>, StoreError> {
        self.writes = true;
        self.prepare(statement)?;
        self.writes = false;
        let prepared = self.prepare(statement)?;
        Ok(prepared.params().iter().map(ToString::to_string).collect())
    }
}

impl Connection for Postgres {
    fn query(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |error: postgres::Error| failed(statement.sql, &error);
        let prepared = self.prepare(statement)?;
        let mut rows = self.client.query_raw(&prepared, params).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(&mut Row::postgres(&row))?;
        }
        Ok(())
    }

    fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let prepared = self.prepare(statement)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        self.client.execute(&prepared, &params).map_err(|error| failed(statement.sql, &error))
    }
}

/// Whether a retry of the transaction may succeed: it failed because of a serialization failure or a deadlock, or
/// because a concurrent transaction inserted or deleted a row after this one had looked for it.
fn is_transient(error: &postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
            SqlState::FOREIGN_KEY_VIOLATION,
        ]
        .contains(code)
    })
}

fn failed(sql: &'static str, error: &postgres::Error) -> StoreError {
    let transient = is_transient(error);
    // Without the detail of the message, which can have values of a row.
    let cause = match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    };
    StoreError::statement(sql, cause, transient)
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Bool(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::BOOL, Type::TEXT].contains(kind)
    }

    to_sql_checked!();
}

impl migrations::Schema for Postgres {
    const ID: &'static str = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
    // Compared byte by byte, as in SQLite. The default collation depends on the locale of the database.
    const TEXT: &'static str = "TEXT COLLATE \"C\"";

    fn begin(&mut self) -> Result<(), StoreError> {
        // Several nodes may start at the same time: one migrates the schema, the others wait for it.
        self.run("BEGIN")?;
        self.run("SELECT pg_advisory_xact_lock(7252831)")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT")
    }

    fn batch(&mut self, label: &'static str, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| failed(label, &error))
    }

    fn version(&mut self, sql: &'static str) -> Result<i64, StoreError> {
        let row = self.client.query_one(sql, &[]).map_err(|error| failed(sql, &error))?;
        row.try_get(0).map_err(|error| failed(sql, &error))
    }
}

/// Runs jobs on one connection until the queue is closed and empty.
pub(crate) fn run_jobs(url: &str, jobs: &Receiver<Box<dyn Job>>, context: &StoreContext) {
    let mut store = None;
    while let Ok(mut job) = jobs.recv() {
        let end = run_job(url, &mut store, job.as_mut(), context);
        if end.is_err() && store.as_mut().is_some_and(|connection| connection.run("ROLLBACK").is_err()) {
            store = None;
        }
        job.answer(end);
    }
}

fn run_job(
    url: &str,
    store: &mut Option<Postgres>,
    job: &mut dyn Job,
    context: &StoreContext,
) -> Result<(), StoreError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let connection = match store {
            Some(connection) => connection,
            None => store.insert(Postgres::connect_to_serve(url)?),
        };
        if let Err(error) = connection.begin_job(job.mode()) {
            // The server may have closed an idle connection. Nothing has run yet, so that one new connection is tried.
            *store = None;
            if attempt == 1 {
                continue;
            }
            return Err(error);
        }
        match attempt_job(connection, job, context) {
            Ok(()) => return Ok(()),
            Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => {
                context.statistics.retries.fetch_add(1, Ordering::Relaxed);
                connection.run("ROLLBACK")?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Runs a job once in the current transaction, and commits it or rolls it back. After an error nothing was committed,
/// unless the connection was lost during the commit.
fn attempt_job(store: &mut Postgres, job: &mut dyn Job, context: &StoreContext) -> Result<(), StoreError> {
    let now = context.clock.now();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut transaction = Transaction::new(store, context.rng.as_ref(), now);
        let outcome = job.run(&mut transaction);
        (outcome, context.count(transaction))
    }));
    match ran {
        Ok((_, Err(error))) => {
            job.fail(error.clone());
            Err(error)
        }
        Ok((Outcome::Commit, Ok(changed))) => {
            context.statistics.batches.fetch_add(1, Ordering::Relaxed);
            context.statistics.jobs.fetch_add(1, Ordering::Relaxed);
            let committed = store.run("COMMIT");
            // Also after an error: the commit may have succeeded although its response was lost, and a needless
            // notification does no harm.
            context.notify(&changed);
            committed
        }
        Ok((Outcome::Rollback, Ok(_))) => store.run("ROLLBACK"),
        Err(_) => {
            // The panic itself has been logged by the panic hook.
            job.fail(StoreError::Closed);
            store.run("ROLLBACK")
        }
    }
}
