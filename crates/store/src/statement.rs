//! SQL statements with their row locks, and the check of their parameters at compile time.

/// An SQL statement. Only [`statements!`] creates statements, so that a test can prepare every one of them on both
/// stores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) lock: Lock,
}

/// The lock that a query takes on the rows it reads, until the transaction ends. Only transactions that may write take
/// locks. PostgreSQL locks the rows of every table that the query names outside of subqueries; a query with a lock
/// therefore names one table there, so that it locks no other rows. SQLite needs no row locks, because it has one
/// writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lock {
    /// No lock.
    None,
    /// Other transactions may change the rows, but not delete them.
    KeyShare,
    /// Other transactions may take `KeyShare`, but neither change nor delete the rows.
    NoKeyUpdate,
    /// Other transactions may neither lock nor change nor delete the rows.
    Update,
}

impl Statement {
    pub(crate) const fn new(sql: &'static str, lock: Lock) -> Self {
        assert_parameters_in_order(sql);
        Self { sql, lock }
    }
}

/// Fails the build unless parameters first appear in the order of their numbers. SQLite numbers `$1`, `$2`, … in the
/// order in which they appear, PostgreSQL by their number; both have to be the same.
const fn assert_parameters_in_order(sql: &str) {
    let text = sql.as_bytes();
    let mut greatest = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'$' {
            let mut number = 0;
            at += 1;
            while at < text.len() && text[at].is_ascii_digit() {
                number = number * 10 + (text[at] - b'0') as usize;
                at += 1;
            }
            assert!(
                number >= 1 && number <= greatest + 1,
                "parameters have to appear in the order of their numbers"
            );
            if number > greatest {
                greatest = number;
            }
        } else {
            at += 1;
        }
    }
}

/// Declares the statements of a table: `NAME = "SQL";`, or with a [`Lock`], `NAME Update = "SQL";`. The SQL is a
/// template, see [`crate::sql`].
macro_rules! statements {
    ($($name:ident $($lock:ident)? = $sql:expr;)+) => {
        $(const $name: $crate::Statement =
            $crate::Statement::new($crate::sql::expand!($sql), $crate::statement::lock!($($lock)?));)+

        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, $crate::Statement)] = &[$((stringify!($name), $name)),+];
    };
}
pub(crate) use statements;

macro_rules! lock {
    () => {
        $crate::statement::Lock::None
    };
    ($lock:ident) => {
        $crate::statement::Lock::$lock
    };
}
pub(crate) use lock;
