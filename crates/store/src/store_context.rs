//! The context that all worker threads of a store share: clock, random numbers, counters, and the listener that is
//! notified of changed conversations after a commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use plauder_model::{Clock, ConversationId, Rng};

use crate::{StoreError, Transaction};

/// Counters since the store was opened.
#[derive(Debug, Default)]
pub struct Statistics {
    pub(crate) batches: AtomicU64,
    pub(crate) jobs: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) statements: AtomicU64,
}

impl Statistics {
    /// The number of commits of writing transactions.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    /// The number of jobs in these commits. SQLite commits several jobs at once.
    #[must_use]
    pub fn jobs(&self) -> u64 {
        self.jobs.load(Ordering::Relaxed)
    }

    /// The number of retries of transactions that conflicted with others.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// The number of transactions, reading and writing.
    #[must_use]
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// The number of statements in these transactions.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// The context that all worker threads of a store share.
pub(crate) struct StoreContext {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) statistics: Statistics,
    pub(crate) listener: OnceLock<Listener>,
}

/// The function that receives the changed conversations after a commit, see [`crate::Database::listen`].
pub(crate) type Listener = Box<dyn Fn(&[ConversationId]) + Send + Sync>;

impl StoreContext {
    /// Creates a context without a listener, with all counters at 0.
    pub(crate) fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { clock, rng, statistics: Statistics::default(), listener: OnceLock::new() }
    }

    /// Notifies the listener of the conversations that a commit has changed.
    pub(crate) fn notify(&self, changed: &[ConversationId]) {
        if let Some(listener) = self.listener.get()
            && !changed.is_empty()
        {
            listener(changed);
        }
    }

    /// Counts a transaction that has ended. Returns the conversations whose waiting clients have to be notified, or the
    /// error of the first statement that failed.
    pub(crate) fn count(&self, transaction: Transaction<'_>) -> Result<Vec<ConversationId>, StoreError> {
        self.statistics.transactions.fetch_add(1, Ordering::Relaxed);
        self.statistics.statements.fetch_add(u64::from(transaction.statements()), Ordering::Relaxed);
        transaction.into_changed()
    }
}
