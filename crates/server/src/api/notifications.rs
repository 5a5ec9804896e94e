//! Notifications: for everybody with an account.

mod delete;
mod delete_all;
mod exist;
mod get;
mod list;

use self::delete::DeleteNotification;
use self::delete_all::DeleteNotifications;
use self::exist::CheckNotifications;
use self::get::GetNotification;
use self::list::ListNotifications;
use super::manners::Notifications;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Notifications, ListNotifications>()
        .mount::<Notifications, DeleteNotifications>()
        .mount::<Notifications, CheckNotifications>()
        .mount::<Notifications, GetNotification>()
        .mount::<Notifications, DeleteNotification>()
}
