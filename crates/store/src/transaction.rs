//! The transaction that every use case works on.

use plauder_model::{Chance, ConversationId, Timestamp};

use crate::driver::Connection;
use crate::{Param, Row, Statement, StoreError};

/// Work on the store that happens whole or not at all. It has one moment, [`Transaction::now`], and a source of
/// chance, so that the same work on the same store gives the same in a test.
pub struct Transaction<'a> {
    connection: &'a mut dyn Connection,
    chance: &'a dyn Chance,
    now: Timestamp,
    statements: u32,
    failure: Option<StoreError>,
    touched: Vec<ConversationId>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(connection: &'a mut dyn Connection, chance: &'a dyn Chance, now: Timestamp) -> Self {
        Self { connection, chance, now, statements: 0, failure: None, touched: Vec::new() }
    }

    /// The moment at which all of this happens.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Where randomness comes from.
    #[must_use]
    pub fn chance(&self) -> &'a dyn Chance {
        self.chance
    }

    /// How many statements ran so far.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements
    }

    /// Notes that something happened in a conversation that whoever waits there has to know of. They are told when this
    /// is committed.
    pub(crate) fn touch(&mut self, id: ConversationId) {
        if !self.touched.contains(&id) {
            self.touched.push(id);
        }
    }

    /// The conversations that were touched; or the first statement that failed, if one did. Such a transaction cannot be
    /// kept, whatever its work returned.
    pub(crate) fn into_touched(self) -> Result<Vec<ConversationId>, StoreError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.touched),
        }
    }

    /// Every row of the answer.
    pub(crate) fn query<T>(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.statements += 1;
        let mut each = |row: &mut Row<'_>| {
            rows.push(read(row)?);
            Ok(())
        };
        match self.connection.query(statement, params, &mut each) {
            Ok(()) => Ok(rows),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// The only row of the answer, if there is one.
    pub(crate) fn query_one<T>(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        read: impl FnMut(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(statement, params, read)?.pop())
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
