//! The transaction that every use case works on.

use plauder_model::{ConversationId, Rng, Timestamp};

use crate::driver::Connection;
use crate::row::{FromRow, Row};
use crate::{Param, Statement, StoreError};

/// Work on the store that happens whole or not at all. It has one moment, [`Transaction::now`], and a source of
/// chance, so that the same work on the same store gives the same in a test.
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

    /// The moment at which all of this happens.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Where randomness comes from.
    #[must_use]
    pub fn rng(&self) -> &'a dyn Rng {
        self.rng
    }

    /// How many statements ran so far.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements
    }

    /// Notes that something happened in a conversation that whoever waits there has to know of. They are told when this
    /// is committed.
    pub(crate) fn publish(&mut self, id: ConversationId) {
        if !self.changed.contains(&id) {
            self.changed.push(id);
        }
    }

    /// The conversations that were touched; or the first statement that failed, if one did. Such a transaction cannot
    /// be kept, whatever its work returned.
    pub(crate) fn into_changed(self) -> Result<Vec<ConversationId>, StoreError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.changed),
        }
    }

    /// Runs a statement and reads every row of the answer.
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

    /// Runs a statement and reads the only row of the answer, if there is one.
    pub(crate) fn query_one<T: FromRow>(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(statement, params)?.pop())
    }

    /// Whether the answer to a statement has a row, which is not read.
    pub(crate) fn exists(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<bool, StoreError> {
        let mut exists = false;
        self.for_each_row(statement, params, &mut |_| {
            exists = true;
            Ok(())
        })?;
        Ok(exists)
    }

    /// Runs a statement for the locks that it takes.
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
        self.connection.query(statement, params, each).map_err(|error| self.failed(error))
    }

    /// How many rows the statement changed.
    pub(crate) fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.statements += 1;
        self.connection.execute(statement, params).map_err(|error| self.failed(error))
    }

    fn failed(&mut self, error: StoreError) -> StoreError {
        self.failure.get_or_insert_with(|| error.clone());
        error
    }
}
