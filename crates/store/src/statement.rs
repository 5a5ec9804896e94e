//! SQL statements, and what is asked of them before the program is even built.

/// One SQL statement. They are only made by [`statements!`], so that a test can prepare every one of them on both
/// stores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) lock: Lock,
}

/// What is asked of the rows that a statement reads until the transaction ends, if it is one that may write.
/// PostgreSQL is told so; SQLite has one writer anyway. It holds for every table that the statement names outside of
/// subqueries: one table, so that nothing is locked by the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lock {
    /// Nothing: others may change them.
    None,
    /// They stay there, though others may change them.
    KeyShare,
    /// Nobody else changes them; others may rely on their staying there.
    NoKeyUpdate,
    /// They are nobody else's to lock or change.
    Update,
}

impl Statement {
    pub(crate) const fn new(sql: &'static str, lock: Lock) -> Self {
        assert_parameters_in_order(sql);
        Self { sql, lock }
    }
}

/// SQLite numbers parameters in the order in which they first appear, PostgreSQL by their number. Here both have to be
/// the same: `$1` appears before `$2`. Checked when the program is built.
const fn assert_parameters_in_order(sql: &str) {
    let text = sql.as_bytes();
    let mut known = 0;
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
                number >= 1 && number <= known + 1,
                "parameters have to appear in the order of their numbers"
            );
            if number > known {
                known = number;
            }
        } else {
            at += 1;
        }
    }
}

/// Names the statements of a table: `NAME = "SQL";`, or with a [`Lock`], `NAME Exclusive = "SQL";`. The SQL is a
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
