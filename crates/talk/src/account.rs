//! Accounts: created, changed and removed by administrators, and what people do with their own.

pub mod access;
pub mod change;
pub mod create;
pub mod delete;
pub mod edit;
pub mod groups;
pub mod list;
pub mod remove;
pub mod session;
pub mod set_enabled;
pub mod show;
pub mod view;

pub use access::AccountAccessError;
pub use view::AccountView;
