//! Listing the notifications of an account.

use plauder_model::{ConversationType, NotificationId};
use plauder_store::accounts::Account;
use plauder_store::notifications::{self, Notification};
use plauder_store::{StoreError, Transaction, memberships};

use super::view::NotificationView;
use crate::Settings;

/// All notifications of an account, the newest first. None for an account that may not use Talk.
pub fn list(tx: &mut Transaction<'_>, account: &Account) -> Result<Vec<NotificationView>, StoreError> {
    if !Settings::load(tx)?.admits(tx, account)? {
        return Ok(Vec::new());
    }
    let found = notifications::list_by_account(tx, account.id)?;
    views(tx, account, found)
}

/// One notification of an account.
pub fn show(
    tx: &mut Transaction<'_>,
    account: &Account,
    id: i64,
) -> Result<Option<NotificationView>, StoreError> {
    if !Settings::load(tx)?.admits(tx, account)? {
        return Ok(None);
    }
    let found = notifications::find(tx, account.id, NotificationId(id))?;
    Ok(views(tx, account, found.into_iter().collect())?.pop())
}

fn views(
    tx: &mut Transaction<'_>,
    account: &Account,
    found: Vec<Notification>,
) -> Result<Vec<NotificationView>, StoreError> {
    let names_somebody = |one: &Notification| one.message.as_ref().is_some_and(|message| message.names > 0);
    let names = if found.iter().any(names_somebody) {
        notifications::list_mentions(tx, account.id)?
    } else {
        Vec::new()
    };
    let is_nameless = |one: &Notification| {
        one.conversation.name.is_empty() && one.conversation.kind != ConversationType::OneToOne
    };
    let nameless = if found.iter().any(is_nameless) {
        memberships::names_for_nameless(tx, account.id)?
    } else {
        Vec::new()
    };
    let now = tx.now();
    let views = found.into_iter().filter_map(|one| {
        let id = one.conversation.id;
        let members = nameless.iter().filter(|(of, _)| *of == id).map(|(_, name)| name.as_str());
        NotificationView::new(one, &names, members, now)
    });
    Ok(views.collect())
}
