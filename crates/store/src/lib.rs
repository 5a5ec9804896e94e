//! Storage: one [`Database`] before SQLite or PostgreSQL, work in [`Transaction`]s, and all SQL, a file a table.
//!
//! SQL is written once, in the subset that both stores understand (BIGINT, TEXT, BOOLEAN; RETURNING, ON CONFLICT;
//! `$1`). Below it are two small drivers that run statements, and know how their store is opened, locked and shared
//! between threads.

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
