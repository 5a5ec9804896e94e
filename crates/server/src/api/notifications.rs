//! Notifications: for everybody with an account.

mod delete;
mod delete_all;
mod exist;
mod get;
mod list;

pub(crate) use self::delete::DeleteNotification;
pub(crate) use self::delete_all::DeleteNotifications;
pub(crate) use self::exist::CheckNotifications;
pub(crate) use self::get::GetNotification;
pub(crate) use self::list::ListNotifications;
