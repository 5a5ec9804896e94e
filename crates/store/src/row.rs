//! Rows of results, and their conversion to values of the model.

use plauder_model::{
    AccountId, ActorKind, AppPasswordId, AttendeeId, CircleKey, CircleLevel, ConversationId,
    ConversationType, GroupKey, LobbyState, MailId, MentionKind, MessageId, MessageKind, NotificationId,
    NotificationKind, NotificationLevel, ParticipantType, ReadOnly, SessionKey, Token,
};
use rusqlite::types::ValueRef;

use crate::StoreError;

/// A row of a result, read column by column from the left.
pub(crate) struct Row<'a> {
    source: Source<'a>,
    /// The index of the next column.
    next: usize,
}

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl<'a> Row<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self { source: Source::Sqlite(row), next: 0 }
    }

    pub(crate) fn postgres(row: &'a ::postgres::Row) -> Self {
        Self { source: Source::Postgres(row), next: 0 }
    }

    fn column<T>(&mut self) -> Result<T, StoreError>
    where
        T: rusqlite::types::FromSql + ::postgres::types::FromSql<'a>,
    {
        let index = self.next;
        self.next += 1;
        let invalid = |cause: String| StoreError::Impossible(format!("column {index}: {cause}"));
        match self.source {
            Source::Sqlite(row) => row.get(index).map_err(|error| invalid(error.to_string())),
            Source::Postgres(row) => row.try_get(index).map_err(|error| invalid(error.to_string())),
        }
    }

    /// Whether the next column is NULL.
    fn is_null(&self) -> Result<bool, StoreError> {
        let invalid = |cause: String| StoreError::Impossible(format!("column {}: {cause}", self.next));
        match self.source {
            Source::Sqlite(row) => match row.get_ref(self.next) {
                Ok(value) => Ok(matches!(value, ValueRef::Null)),
                Err(error) => Err(invalid(error.to_string())),
            },
            Source::Postgres(row) => match row.try_get::<_, IsNull>(self.next) {
                Ok(IsNull(is_null)) => Ok(is_null),
                Err(error) => Err(invalid(error.to_string())),
            },
        }
    }

    /// Reads the whole row.
    ///
    /// # Errors
    /// If a column has another type, or the row has more or fewer columns than `T`.
    pub(crate) fn read<T: FromRow>(&mut self) -> Result<T, StoreError> {
        let value = T::read(self)?;
        let columns = match self.source {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        };
        if self.next == columns {
            Ok(value)
        } else {
            Err(StoreError::Impossible(format!("{} of {columns} columns of a row were read", self.next)))
        }
    }
}

/// Whether a PostgreSQL value of any type is NULL.
struct IsNull(bool);

impl<'a> ::postgres::types::FromSql<'a> for IsNull {
    fn from_sql(
        _: &::postgres::types::Type,
        _: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(false))
    }

    fn from_sql_null(_: &::postgres::types::Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(true))
    }

    fn accepts(_: &::postgres::types::Type) -> bool {
        true
    }
}

/// A value that is read from one or more columns of a row.
pub(crate) trait FromRow: Sized {
    /// The number of columns.
    const WIDTH: usize;

    /// Reads the next columns.
    fn read(row: &mut Row<'_>) -> Result<Self, StoreError>;
}

/// Declares a struct that is read from a row, with its columns for SQL templates. A column has the name of its field,
/// unless `= "…"` gives another name or a template, see [`crate::sql`]. Templates can use the struct as `{Name}` when
/// it is listed in [`crate::vocabulary`].
macro_rules! row {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $kind:ty $(= $column:literal)?),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        $visibility struct $name { $($(#[$field_meta])* $field_visibility $field: $kind),+ }

        impl $name {
            /// The columns, as [`crate::sql`] expands them.
            pub(crate) const COLUMNS: &'static [&'static str] =
                &[$($crate::row::column!($field $($column)?)),+];
        }

        impl $crate::row::FromRow for $name {
            const WIDTH: usize = 0 $(+ <$kind as $crate::row::FromRow>::WIDTH)+;

            fn read(row: &mut $crate::row::Row<'_>) -> Result<Self, $crate::StoreError> {
                Ok(Self { $($field: $crate::row::FromRow::read(row)?),+ })
            }
        }
    };
}
pub(crate) use row;

macro_rules! column {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $column:literal) => {
        $column
    };
}
pub(crate) use column;

macro_rules! plain_columns {
    ($($kind:ty),+) => {$(
        impl FromRow for $kind {
            const WIDTH: usize = 1;

            fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
                row.column()
            }
        }
    )+};
}
plain_columns!(i64, bool, String);

macro_rules! id_columns {
    ($($id:ident),+) => {$(
        impl FromRow for $id {
            const WIDTH: usize = 1;

            fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
                row.column().map(Self)
            }
        }
    )+};
}
id_columns!(
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

macro_rules! number_columns {
    ($($kind:ident),+) => {$(
        impl FromRow for $kind {
            const WIDTH: usize = 1;

            fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
                let number = row.column()?;
                Self::from_number(number).ok_or_else(|| unknown(stringify!($kind), &number))
            }
        }
    )+};
}
number_columns!(CircleLevel, ConversationType, LobbyState, NotificationLevel, ParticipantType, ReadOnly);

macro_rules! name_columns {
    ($($kind:ident),+) => {$(
        impl FromRow for $kind {
            const WIDTH: usize = 1;

            fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
                let name: String = row.column()?;
                Self::from_name(&name).ok_or_else(|| unknown(stringify!($kind), &name))
            }
        }
    )+};
}
name_columns!(ActorKind, MentionKind, MessageKind, NotificationKind);

impl FromRow for Token {
    const WIDTH: usize = 1;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let token: String = row.column()?;
        Self::parse(&token).ok_or_else(|| unknown("Token", &token))
    }
}

fn unknown(kind: &str, value: &dyn std::fmt::Display) -> StoreError {
    StoreError::Impossible(format!("{value} is no {kind}"))
}

/// `None` if the first column is NULL.
impl<T: FromRow> FromRow for Option<T> {
    const WIDTH: usize = T::WIDTH;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        if row.is_null()? {
            row.next += T::WIDTH;
            return Ok(None);
        }
        T::read(row).map(Some)
    }
}

impl<A: FromRow, B: FromRow> FromRow for (A, B) {
    const WIDTH: usize = A::WIDTH + B::WIDTH;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        Ok((A::read(row)?, B::read(row)?))
    }
}
