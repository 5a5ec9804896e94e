//! What the two stores have in common below a transaction: parameters go in, rows come out.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use plauder_model::{
    AccountId, AppPasswordId, AttendeeId, CircleKey, ConversationId, GroupKey, MailId, MessageId,
    NotificationId, SessionKey,
};

use crate::{Statement, StoreError};

/// One connection to a store, in the middle of a transaction.
pub(crate) trait Connection {
    /// Runs a statement and hands over each row of the answer.
    fn query(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Runs a statement and counts the rows that it changed.
    fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError>;
}

/// A value that goes into a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    Null,
    Int(i64),
    Bool(bool),
    Text(&'a str),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! id_params {
    ($($id:ident),+) => {$(
        impl From<$id> for Param<'_> {
            fn from(id: $id) -> Self {
                Self::Int(id.0)
            }
        }
    )+};
}
id_params!(
    AccountId,
    AppPasswordId,
    AttendeeId,
    CircleKey,
    ConversationId,
    GroupKey,
    MailId,
    MessageId,
    NotificationId,
    SessionKey
);

/// The parameters of a statement, in their order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] };
}
pub(crate) use params;

/// Reads a row that is one number.
pub(crate) fn read_int(row: &mut Row<'_>) -> Result<i64, StoreError> {
    row.int()
}

/// Reads a row that is one text.
pub(crate) fn read_text(row: &mut Row<'_>) -> Result<String, StoreError> {
    row.text()
}

/// A row of an answer, read column by column from the left.
pub(crate) struct Row<'a> {
    source: Source<'a>,
    at: usize,
}

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl<'a> Row<'a> {
    fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self { source: Source::Sqlite(row), at: 0 }
    }

    fn postgres(row: &'a ::postgres::Row) -> Self {
        Self { source: Source::Postgres(row), at: 0 }
    }

    fn column<T>(&mut self) -> Result<T, StoreError>
    where
        T: rusqlite::types::FromSql + ::postgres::types::FromSql<'a>,
    {
        let at = self.at;
        self.at += 1;
        let broken = |cause: String| StoreError::Impossible(format!("column {at}: {cause}"));
        match self.source {
            Source::Sqlite(row) => row.get(at).map_err(|error| broken(error.to_string())),
            Source::Postgres(row) => row.try_get(at).map_err(|error| broken(error.to_string())),
        }
    }

    /// A number.
    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.column()
    }

    /// A number or NULL.
    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        self.column()
    }

    /// Yes or no.
    pub(crate) fn bool(&mut self) -> Result<bool, StoreError> {
        self.column()
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.column()
    }

    /// A text or NULL.
    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        self.column()
    }

    /// A number that stands for something.
    pub(crate) fn number<T>(&mut self, from: impl FnOnce(i64) -> Option<T>) -> Result<T, StoreError> {
        let number = self.int()?;
        from(number).ok_or_else(|| StoreError::Impossible(format!("column {}: {number}", self.at - 1)))
    }

    /// Passes over `columns` columns.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.at += columns;
    }
}
