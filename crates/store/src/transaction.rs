//! The transaction that use cases work on.

use plauder_model::{ConversationId, Rng, Timestamp};

use crate::driver::Connection;
use crate::row::{FromRow, Row};
use crate::{Param, Statement, StoreError};

/// A transaction: its changes are committed together or not at all. It has a fixed time, [`Transaction::now`], and a
/// source of random numbers, so that tests are deterministic.
pub struct Transaction<'a> {
    connection: &'a mut dyn Connection,
    rng: &'a dyn Rng,
    now: Timestamp,
    statements: u32,
    failure: Option<StoreError>,
    changed: Vec<ConversationId>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(connection: &'a mut dyn Connection, rng: &'a dyn Rng, now: Timestamp) -> Self {
        Self { connection, rng, now, statements: 0, failure: None, changed: Vec::new() }
    }

    /// The time of the transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The source of random numbers.
    #[must_use]
    pub fn rng(&self) -> &'a dyn Rng {
        self.rng
    }

    /// The number of statements that have run so far.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements
    }

    /// Records a change of a conversation of which its waiting clients have to be notified. The listener of the store
    /// is called after the commit.
    pub(crate) fn publish(&mut self, id: ConversationId) {
        if !self.changed.contains(&id) {
            self.changed.push(id);
        }
    }

    /// Returns the changed conversations, or the error of the first statement that failed. A transaction with a failed
    /// statement is rolled back, even if the use case returned `Ok`.
    pub(crate) fn into_changed(self) -> Result<Vec<ConversationId>, StoreError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.changed),
        }
    }

    /// Runs a statement and reads all rows of the result.
    pub(crate) fn query<T: FromRow>(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.for_each_row(statement, params, &mut |row| {
            rows.push(row.read()?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a statement whose result has at most one row, and reads that row.
    pub(crate) fn query_one<T: FromRow>(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(statement, params)?.pop())
    }

    /// Whether the result of a statement has a row.
    pub(crate) fn exists(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<bool, StoreError> {
        let mut exists = false;
        self.for_each_row(statement, params, &mut |_| {
            exists = true;
            Ok(())
        })?;
        Ok(exists)
    }

    /// Runs a statement only for the locks that it takes.
    pub(crate) fn lock(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<(), StoreError> {
        self.for_each_row(statement, params, &mut |_| Ok(()))
    }

    fn for_each_row(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.statements += 1;
        self.connection.query(statement, params, each).map_err(|error| self.record_failure(error))
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(crate) fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.statements += 1;
        self.connection.execute(statement, params).map_err(|error| self.record_failure(error))
    }

    /// Records the first error.
    fn record_failure(&mut self, error: StoreError) -> StoreError {
        self.failure.get_or_insert_with(|| error.clone());
        error
    }
}
