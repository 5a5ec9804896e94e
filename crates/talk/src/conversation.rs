//! Conversations: created, shown, changed and deleted.

pub mod administration;
pub mod create;
pub mod delete;
pub mod description;
pub mod favorite;
pub mod list;
pub mod lobby;
pub mod notification_level;
pub mod password;
pub mod password_request;
pub mod public;
pub mod read_only;
pub mod rename;
pub mod show;
pub mod view;

pub use view::RoomView;
