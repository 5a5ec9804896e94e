//! A store that is open: takes work from anywhere, runs it where it has to run, and answers when it is durable.

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

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many threads read an SQLite store.
    pub readers: usize,
    /// How many connections a PostgreSQL store gets.
    pub connections: usize,
    /// Whether to serve: then no other server may have the same SQLite store.
    pub serve: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 2, connections: 8, serve: false }
    }
}

/// A store that is open. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Database(Arc<Shared>);

struct Shared {
    queues: Mutex<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    context: Arc<StoreContext>,
    /// Held as long as the store is served, where it is a file.
    _file_lock: Option<std::fs::File>,
}

#[derive(Clone)]
struct Queues {
    reads: Sender<Box<dyn Job>>,
    writes: Sender<Box<dyn Job>>,
}

impl Database {
    /// Opens the store at `location`, makes it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// If it cannot be reached, is newer than this program, or is served by another one.
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
        // The first connection makes the schema; it also tells now rather than later that the server cannot be had.
        drop(Postgres::open(url)?);
        let mut workers = Workers::new(context);
        let url = url.to_owned();
        let both = workers.spawn(options.connections.max(1), move || {
            move |jobs: &Receiver<_>, context: &StoreContext| postgres::run_jobs(&url, jobs, context)
        });
        Ok(workers.open(Queues { reads: both.clone(), writes: both }, None))
    }

    /// A store in memory, gone when it is dropped: for tests of use cases.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn in_memory(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, StoreError> {
        let store = Sqlite::in_memory()?;
        let mut workers = Workers::new(Arc::new(StoreContext::new(clock, rng)));
        let only = workers.spawn_writer(store);
        Ok(workers.open(Queues { reads: only.clone(), writes: only }, None))
    }

    /// Runs `work` that only reads, at one moment of the store.
    ///
    /// # Errors
    /// What `work` returned, or what went wrong with the store.
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

    /// Runs `work` and keeps what it wrote, durably, if it returned `Ok`; else nothing of it is kept. It may be run
    /// several times, each time as if it had not run before.
    ///
    /// # Errors
    /// What `work` returned, or what went wrong with the store.
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

    /// [`Database::write`] for threads that may block: the command line, tests.
    ///
    /// # Errors
    /// What `work` returned, or what went wrong with the store.
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
            // Where the queue is gone the job is dropped, and its asker learns that the store is closed.
            let queue = match mode {
                Mode::Read => &queues.reads,
                Mode::Write => &queues.writes,
            };
            let _ = queue.send(Box::new(job));
        }
        answer
    }

    /// Lets `listener` know in which conversations something happened that whoever waits there has to know of: once it is
    /// committed, and before whoever did it is answered. It is called on a thread of the store and must not wait. Only
    /// the first one counts.
    pub fn listen(&self, listener: impl Fn(&[ConversationId]) + Send + Sync + 'static) {
        let _ = self.0.context.listener.set(Box::new(listener));
    }

    /// What the store did since it was opened.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.0.context.statistics
    }

    /// How many pieces of work wait to be run.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let queues = self.0.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.as_ref().map_or(0, |q| {
            if q.reads.same_channel(&q.writes) { q.reads.len() } else { q.reads.len() + q.writes.len() }
        })
    }

    /// Finishes what was handed over, takes nothing more, and closes the store. Blocks until that is done.
    pub fn close(&self) {
        drop(self.0.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Copies the SQLite store at `location`, which a server may be using, as it is at one moment into the new file
    /// `target`.
    ///
    /// # Errors
    /// If the store is not SQLite, or either file cannot be used.
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

/// The threads of a store while it is being opened.
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

    /// Starts the one thread that writes to an SQLite store.
    fn spawn_writer(&mut self, store: Sqlite) -> Sender<Box<dyn Job>> {
        // `spawn` may start several of what it is given; this one is given away to the first.
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
