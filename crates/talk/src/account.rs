//! Accounts: made, changed and removed by administrators, and what people do with their own.

pub mod app_password;
pub mod change;
pub mod create;
pub mod delete;
pub mod sign_in;
