//! SQL statements, and what is asked of them before the program is even built.

/// One SQL statement. They are only made by [`statements!`], so that a test can prepare every one of them on both
/// stores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    /// Whether the rows that it reads are to be locked until the transaction ends. PostgreSQL is told so; SQLite has
    /// one writer anyway.
    pub(crate) locks: bool,
}

impl Statement {
    pub(crate) const fn new(sql: &'static str, locks: bool) -> Self {
        assert_parameters_in_order(sql);
        Self { sql, locks }
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

/// Names the statements of a table: `NAME = "SQL";`, or `NAME locks = "SQL";` where what it reads is to be locked.
macro_rules! statements {
    ($($name:ident $($locks:ident)? = $sql:expr;)+) => {
        $(const $name: $crate::Statement = $crate::Statement::new($sql, $crate::statement::locks!($($locks)?));)+

        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, $crate::Statement)] = &[$((stringify!($name), $name)),+];
    };
}
pub(crate) use statements;

macro_rules! locks {
    () => {
        false
    };
    (locks) => {
        true
    };
}
pub(crate) use locks;
