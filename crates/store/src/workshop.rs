//! What every thread of a store works with, and what it counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plauder_model::{Chance, Clock};

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
pub(crate) struct Workshop {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) statistics: Statistics,
}

impl Workshop {
    /// Counts a transaction that ended, and tells what failed in it.
    pub(crate) fn count(&self, transaction: Transaction<'_>) -> Option<StoreError> {
        self.statistics.transactions.fetch_add(1, Ordering::Relaxed);
        self.statistics.statements.fetch_add(u64::from(transaction.statements()), Ordering::Relaxed);
        transaction.into_failure()
    }
}
