//! Groups of accounts, which administrators create, and their members: the tables `account_groups` and `group_members`.

use plauder_model::{AccountId, GroupId, GroupKey};

use super::{access_epoch, accounts, containing};
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A group of accounts.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Group {
        /// The number of the group.
        pub key: GroupKey = "id",
        /// The id of the group on the wire.
        pub id: String = "group_id",
        /// The display name.
        pub display_name: String,
    }
}

statements! {
    FIND = "SELECT {Group} FROM account_groups WHERE group_id = $1";
    SEARCH = "SELECT {Group g}, (SELECT COUNT(*) FROM group_members WHERE group_id = g.id)
              FROM account_groups g WHERE g.search_key LIKE $1 ESCAPE '!' ORDER BY g.group_id LIMIT $2 OFFSET $3";
    INSERT = "INSERT INTO account_groups (group_id, display_name, search_key) VALUES ($1, $2, $3)
              ON CONFLICT DO NOTHING RETURNING id";
    RENAME = "UPDATE account_groups SET display_name = $1, search_key = $2 WHERE id = $3";
    DELETE = "DELETE FROM account_groups WHERE id = $1";
    LIST_MEMBERS = "SELECT a.user_id FROM group_members m JOIN accounts a ON a.id = m.account_id
                    WHERE m.group_id = $1 ORDER BY a.user_key";
    LOCK_MEMBER_ACCOUNTS KeyShare = "SELECT p.id FROM accounts p
                                   WHERE p.id IN (SELECT account_id FROM group_members WHERE group_id = $1) ORDER BY p.id";
    LOCK Update = "SELECT id FROM account_groups WHERE id = $1";
    LIST_BY_ACCOUNT = "SELECT g.group_id FROM group_members m JOIN account_groups g ON g.id = m.group_id
                       WHERE m.account_id = $1 ORDER BY g.group_id";
    HAS_MEMBER = "SELECT 1 FROM group_members m JOIN account_groups g ON g.id = m.group_id
                  WHERE m.account_id = $1 AND g.group_id = $2";
    ADD_MEMBER = "INSERT INTO group_members (group_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    REMOVE_MEMBER = "DELETE FROM group_members WHERE group_id = $1 AND account_id = $2";
    REMOVE_FROM_ALL = "DELETE FROM group_members WHERE account_id = $1";
}

fn search_key(id: &str, display_name: &str) -> String {
    format!("{id} {display_name}").to_lowercase()
}

/// The group with this id.
pub fn find(tx: &mut Transaction<'_>, id: &str) -> Result<Option<Group>, StoreError> {
    tx.query_one(&FIND, params![id])
}

/// Groups whose id and display name, joined by a space, contain `part`, sorted by id, with the number of their members:
/// `limit` of them after the first `offset`.
pub fn search(
    tx: &mut Transaction<'_>,
    part: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<(Group, i64)>, StoreError> {
    tx.query(&SEARCH, params![&containing(part), limit, offset])
}

/// Creates a group. `None` if its id is taken.
pub fn insert(
    tx: &mut Transaction<'_>,
    id: &GroupId,
    display_name: &str,
) -> Result<Option<GroupKey>, StoreError> {
    let search_key = search_key(id.as_str(), display_name);
    let params = params![id.as_str(), display_name, &search_key];
    tx.query_one(&INSERT, params)
}

/// Changes the display name.
pub fn rename(tx: &mut Transaction<'_>, group: &Group, display_name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![display_name, &search_key(&group.id, display_name), group.key]).map(drop)
}

/// Deletes a group, but not its members.
pub fn delete(tx: &mut Transaction<'_>, group: GroupKey) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![group])?;
    access_epoch::advance(tx)
}

/// The user ids of the members of a group, sorted.
pub fn list_members(tx: &mut Transaction<'_>, group: GroupKey) -> Result<Vec<String>, StoreError> {
    tx.query(&LIST_MEMBERS, params![group])
}

/// Keeps the members of a group from being deleted, and other accounts from joining it, until the transaction ends.
/// Locks accounts before the group, in the same order as a transaction that adds a member, and then the accounts that
/// joined meanwhile.
pub(crate) fn lock_members(tx: &mut Transaction<'_>, group: GroupKey) -> Result<(), StoreError> {
    for statement in [&LOCK_MEMBER_ACCOUNTS, &LOCK, &LOCK_MEMBER_ACCOUNTS] {
        tx.lock(statement, params![group])?;
    }
    Ok(())
}

/// The ids of an account's groups, sorted.
pub fn list_by_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<String>, StoreError> {
    tx.query(&LIST_BY_ACCOUNT, params![account])
}

/// Whether an account is a member of the group with this id.
pub fn has_member(tx: &mut Transaction<'_>, account: AccountId, id: &str) -> Result<bool, StoreError> {
    tx.exists(&HAS_MEMBER, params![account, id])
}

/// Adds an account to a group, unless it is a member.
pub fn add_member(tx: &mut Transaction<'_>, group: GroupKey, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&ADD_MEMBER, params![group, account]).map(drop)
}

/// Removes an account from a group, if it is a member. Waits until no other transaction uses the account, so that
/// nothing is committed by the right of a membership that has ended.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    group: GroupKey,
    account: AccountId,
) -> Result<(), StoreError> {
    accounts::lock(tx, account)?;
    tx.execute(&REMOVE_MEMBER, params![group, account])?;
    access_epoch::advance(tx)
}

/// Removes an account from every group.
pub fn remove_from_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&REMOVE_FROM_ALL, params![account]).map(drop)
}
