//! Storage: a [`Database`] on SQLite or PostgreSQL, use cases in [`Transaction`]s, and all SQL of the program.
//!
//! | File or folder | What lives there |
//! |---|---|
//! | `tables/` | all SQL statements, one file per table, and the functions that use cases call |
//! | `../migrations/` | the schema, one file per migration |
//! | `../sql.txt` | all statements as the stores receive them, written by a test for reviewers |
//! | `sql.rs`, `vocabulary.rs` | the templates that statements are written in, and the names in their braces |
//! | `statement.rs`, `row.rs`, `actors.rs` | a statement and its row locks; results as values |
//! | `transaction.rs` | the transaction that a use case works on |
//! | `database.rs`, `job.rs`, `store_context.rs` | the open store: queues, worker threads, and what they share |
//! | `driver/` | connections to SQLite and PostgreSQL |
//! | `location.rs`, `migrations.rs`, `error.rs` | the URL of a store, the migration of its schema, errors |
//!
//! SQL is written once, in the subset that both stores understand: BIGINT, TEXT, BOOLEAN; RETURNING, ON CONFLICT; `$1`.

pub mod actors;
mod database;
mod driver;
mod error;
mod job;
mod location;
mod migrations;
mod row;
mod sql;
mod statement;
mod store_context;
pub mod tables;
mod transaction;
mod vocabulary;

pub use database::{Database, Options};
pub use error::StoreError;
pub use location::{Location, LocationError};
pub use store_context::Statistics;
pub use tables::*;
pub use transaction::Transaction;

pub(crate) use driver::Param;
pub(crate) use statement::{Statement, statements};

#[cfg(test)]
mod tests;
