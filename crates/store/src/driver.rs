//! The drivers of the two stores: `driver/sqlite.rs` and `driver/postgres.rs` open and configure connections, lock the
//! store, and run the jobs of a queue in transactions. This file has what they share: [`Connection`], which runs one
//! statement, and the conversion of values of the model to parameters ([`Param`]). Results are converted in `row.rs`.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use plauder_model::{
    AccountId, ActorKind, AppPasswordId, AttendeeId, CircleKey, CircleLevel, ConversationId,
    ConversationType, GroupKey, LobbyState, MailId, MentionKind, MessageId, MessageKind, NotificationId,
    NotificationKind, NotificationLevel, ParticipantType, ReadOnly, SessionKey, Token,
};

use crate::row::Row;
use crate::{Statement, StoreError};

/// A connection to a store within a transaction.
pub(crate) trait Connection {
    /// Runs a statement and calls `each` with every row of the result.
    fn query(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Runs a statement and returns the number of rows that it changed.
    fn execute(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<u64, StoreError>;
}

/// The value of a parameter of a statement.
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

macro_rules! number_params {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Param<'_> {
            fn from(value: $kind) -> Self {
                Self::Int(value.number())
            }
        }
    )+};
}
number_params!(CircleLevel, ConversationType, LobbyState, NotificationLevel, ParticipantType, ReadOnly);

macro_rules! name_params {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Param<'_> {
            fn from(value: $kind) -> Self {
                Self::Text(value.name())
            }
        }
    )+};
}
name_params!(ActorKind, MentionKind, MessageKind, NotificationKind);

impl<'a> From<&'a Token> for Param<'a> {
    fn from(token: &'a Token) -> Self {
        Self::Text(token.as_str())
    }
}

/// The parameters of a statement, in their order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] };
}
pub(crate) use params;
