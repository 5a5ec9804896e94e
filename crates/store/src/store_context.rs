//! What every thread of a store works with, and what it counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use plauder_model::{Clock, ConversationId, Rng};

use crate::{StoreError, Transaction};

/// Counts of what the store did since it was opened.
#[derive(Debug, Default)]
pub struct Statistics {
    pub(crate) batches: AtomicU64,
    pub(crate) jobs: AtomicU64,
    pub(crate) repeats: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) statements: AtomicU64,
}

impl Statistics {
    /// Commits of writes.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    /// Pieces of work that these commits held.
    #[must_use]
    pub fn jobs(&self) -> u64 {
        self.jobs.load(Ordering::Relaxed)
    }

    /// Transactions that had to be run again because others were in the way.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }

    /// Transactions, reading and writing.
    #[must_use]
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// Statements within them.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// What every thread of a store works with.
pub(crate) struct StoreContext {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) statistics: Statistics,
    pub(crate) listener: OnceLock<Listener>,
}

/// Who is told of the conversations in which something happened, once that is committed.
pub(crate) type Listener = Box<dyn Fn(&[ConversationId]) + Send + Sync>;

impl StoreContext {
    /// A workshop in which nothing was done yet.
    pub(crate) fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { clock, rng, statistics: Statistics::default(), listener: OnceLock::new() }
    }

    /// Tells in which conversations something happened that is now committed.
    pub(crate) fn notify(&self, changed: &[ConversationId]) {
        if let Some(listener) = self.listener.get()
            && !changed.is_empty()
        {
            listener(changed);
        }
    }

    /// Counts a transaction that ended, and tells which conversations were touched in it, or what failed.
    pub(crate) fn count(&self, transaction: Transaction<'_>) -> Result<Vec<ConversationId>, StoreError> {
        self.statistics.transactions.fetch_add(1, Ordering::Relaxed);
        self.statistics.statements.fetch_add(u64::from(transaction.statements()), Ordering::Relaxed);
        transaction.into_changed()
    }
}
