//! The open store: [`Database`] puts jobs into queues, worker threads run them on a driver, and the caller receives the
//! result after the commit is durable. This file has the threads and the queues, but no SQL.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use plauder_model::{Clock, ConversationId, Rng};
use tokio::sync::oneshot;

use crate::driver::postgres::{self, Postgres};
use crate::driver::sqlite::{self, Sqlite};
use crate::job::{Job, Mode, Work};
use crate::store_context::{Statistics, StoreContext};
use crate::{Location, StoreError, Transaction};

/// Options for opening a store.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Number of threads that read an SQLite store.
    pub readers: usize,
    /// Number of connections to a PostgreSQL store.
    pub connections: usize,
    /// Whether this process serves requests. An SQLite store can be served by one process at a time.
    pub serve: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 2, connections: 8, serve: false }
    }
}

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Database(Arc<Shared>);

struct Shared {
    queues: Mutex<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    context: Arc<StoreContext>,
    /// The lock against other servers, if the store is an SQLite file that this process serves.
    _file_lock: Option<std::fs::File>,
}

#[derive(Clone)]
struct Queues {
    reads: Sender<Box<dyn Job>>,
    writes: Sender<Box<dyn Job>>,
}

impl Database {
    /// Opens the store at `location`, creates it if it does not exist, and migrates its schema to the latest version.
    ///
    /// # Errors
    /// If the store cannot be opened, has a newer schema than this program, or is served by another process.
    pub fn open(
        location: &Location,
        options: Options,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, StoreError> {
        let context = Arc::new(StoreContext::new(clock, rng));
        match location {
            Location::Sqlite(path) => Self::open_sqlite(path, options, context),
            Location::Postgres(url) => Self::open_postgres(url, options, context),
        }
    }

    fn open_sqlite(path: &Path, options: Options, context: Arc<StoreContext>) -> Result<Self, StoreError> {
        let (store, file_lock) = Sqlite::open(path, options.serve)?;
        let mut workers = Workers::new(context);
        let writes = workers.spawn_writer(store);
        let path = path.to_owned();
        let reads = workers.spawn(options.readers.max(1), move || {
            move |jobs: &Receiver<_>, context: &StoreContext| sqlite::read_jobs(&path, jobs, context)
        });
        Ok(workers.open(Queues { reads, writes }, file_lock))
    }

    fn open_postgres(url: &str, options: Options, context: Arc<StoreContext>) -> Result<Self, StoreError> {
        // The first connection migrates the schema. It also reports an unreachable server at start instead of at the
        // first request.
        drop(Postgres::open(url)?);
        let mut workers = Workers::new(context);
        let url = url.to_owned();
        let queue = workers.spawn(options.connections.max(1), move || {
            move |jobs: &Receiver<_>, context: &StoreContext| postgres::run_jobs(&url, jobs, context)
        });
        Ok(workers.open(Queues { reads: queue.clone(), writes: queue }, None))
    }

    /// Opens an empty store in memory, for tests of use cases.
    ///
    /// # Errors
    /// If SQLite cannot create it.
    pub fn in_memory(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, StoreError> {
        let store = Sqlite::in_memory()?;
        let mut workers = Workers::new(Arc::new(StoreContext::new(clock, rng)));
        let queue = workers.spawn_writer(store);
        Ok(workers.open(Queues { reads: queue.clone(), writes: queue }, None))
    }

    /// Runs `work`, which only reads, on one snapshot of the store.
    ///
    /// # Errors
    /// The error of `work`, or an error of the store.
    pub async fn read<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.submit(work, Mode::Read).await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs `work` in a transaction that is committed durably if `work` returns `Ok`, and rolled back otherwise. `work`
    /// may run several times, because a transaction that conflicts with others is retried.
    ///
    /// # Errors
    /// The error of `work`, or an error of the store.
    pub async fn write<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.submit(work, Mode::Write).await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Does what [`Database::write`] does and blocks the thread. For the command line and tests.
    ///
    /// # Errors
    /// The error of `work`, or an error of the store.
    pub fn write_blocking<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let answer = self.submit(work, Mode::Write);
        answer.blocking_recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn submit<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        mode: Mode,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = Work::new(work, mode);
        let queues = self.0.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queues) = queues.as_ref() {
            // If the workers have ended, the job is dropped, and the caller receives `StoreError::Closed`.
            let queue = match mode {
                Mode::Read => &queues.reads,
                Mode::Write => &queues.writes,
            };
            let _ = queue.send(Box::new(job));
        }
        answer
    }

    /// Sets the function that receives the conversations whose waiting clients have to be notified. A thread of the
    /// store calls it after each commit that changed such conversations, before the writer receives its result. It must
    /// not block. Only the first call of `listen` has an effect.
    pub fn listen(&self, listener: impl Fn(&[ConversationId]) + Send + Sync + 'static) {
        let _ = self.0.context.listener.set(Box::new(listener));
    }

    /// Counters since the store was opened.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.0.context.statistics
    }

    /// Number of jobs in the queues.
    #[must_use]
    pub fn queue_length(&self) -> usize {
        let queues = self.0.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.as_ref().map_or(0, |q| {
            if q.reads.same_channel(&q.writes) { q.reads.len() } else { q.reads.len() + q.writes.len() }
        })
    }

    /// Runs the jobs that are in the queues, refuses new ones, and closes the store. Blocks until the workers have
    /// ended.
    pub fn close(&self) {
        drop(self.0.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Copies a snapshot of the SQLite store at `location` into the new file `target`. A server may use the store
    /// meanwhile.
    ///
    /// # Errors
    /// If the store is not SQLite, a file cannot be used, or `target` exists.
    pub fn back_up(location: &Location, target: &Path) -> Result<(), StoreError> {
        match location {
            Location::Sqlite(path) if path.exists() => Sqlite::copy(path, target),
            Location::Sqlite(path) => {
                let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
                Err(StoreError::unreachable(path.display().to_string(), missing))
            }
            Location::Postgres(_) => Err(StoreError::Unsupported(
                "a PostgreSQL store is backed up with pg_dump, see docs/operations.md",
            )),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop(self.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        for thread in std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner)) {
            let _ = thread.join();
        }
    }
}

/// The worker threads of a store that is being opened.
struct Workers {
    context: Arc<StoreContext>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    fn new(context: Arc<StoreContext>) -> Self {
        Self { context, threads: Vec::new() }
    }

    /// Starts `count` threads that share one queue.
    fn spawn<W>(&mut self, count: usize, worker: impl FnOnce() -> W) -> Sender<Box<dyn Job>>
    where
        W: Fn(&Receiver<Box<dyn Job>>, &StoreContext) + Send + Sync + 'static,
    {
        let (sender, receiver) = unbounded();
        let worker = Arc::new(worker());
        for _ in 0..count {
            let (worker, receiver, context) =
                (Arc::clone(&worker), receiver.clone(), Arc::clone(&self.context));
            self.threads.push(thread::spawn(move || worker(&receiver, &context)));
        }
        sender
    }

    /// Starts the only thread that writes to an SQLite store.
    fn spawn_writer(&mut self, store: Sqlite) -> Sender<Box<dyn Job>> {
        // `spawn` can start several threads with the same function; the store moves into the only one.
        let store = Mutex::new(Some(store));
        self.spawn(1, || {
            move |jobs: &Receiver<_>, context: &StoreContext| {
                if let Some(store) = store.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    sqlite::write_jobs(store, jobs, context);
                }
            }
        })
    }

    fn open(self, queues: Queues, file_lock: Option<std::fs::File>) -> Database {
        Database(Arc::new(Shared {
            queues: Mutex::new(Some(queues)),
            threads: Mutex::new(self.threads),
            context: self.context,
            _file_lock: file_lock,
        }))
    }
}
