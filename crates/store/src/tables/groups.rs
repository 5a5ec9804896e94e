//! Groups of accounts and who is in them.

use plauder_model::{AccountId, GroupId, GroupKey};

use super::{access_epoch, containing};
use crate::driver::{params, read_text};
use crate::{Row, StoreError, Transaction, statements};

/// Accounts that are named together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its number.
    pub key: GroupKey,
    /// Its name on the wire.
    pub id: String,
    /// Its name as people see it.
    pub display_name: String,
}

statements! {
    FIND = "SELECT id, group_id, display_name FROM account_groups WHERE group_id = $1";
    SEARCH = "SELECT g.id, g.group_id, g.display_name, (SELECT COUNT(*) FROM group_members WHERE group_id = g.id)
              FROM account_groups g WHERE g.search_key LIKE $1 ESCAPE '!' ORDER BY g.group_id LIMIT $2 OFFSET $3";
    INSERT = "INSERT INTO account_groups (group_id, display_name, search_key) VALUES ($1, $2, $3)
              ON CONFLICT DO NOTHING RETURNING id";
    RENAME = "UPDATE account_groups SET display_name = $1, search_key = $2 WHERE id = $3";
    DELETE = "DELETE FROM account_groups WHERE id = $1";
    MEMBERS = "SELECT a.user_id FROM group_members m JOIN accounts a ON a.id = m.account_id
               WHERE m.group_id = $1 ORDER BY a.user_key";
    HOLD_MEMBERS Shared = "SELECT p.id FROM accounts p
                           WHERE p.id IN (SELECT account_id FROM group_members WHERE group_id = $1) ORDER BY p.id";
    LOCK Exclusive = "SELECT id FROM account_groups WHERE id = $1";
    OF = "SELECT g.group_id FROM group_members m JOIN account_groups g ON g.id = m.group_id
          WHERE m.account_id = $1 ORDER BY g.group_id";
    HOLDS = "SELECT 1 FROM group_members m JOIN account_groups g ON g.id = m.group_id
             WHERE m.account_id = $1 AND g.group_id = $2";
    ADD_MEMBER = "INSERT INTO group_members (group_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    REMOVE_MEMBER = "DELETE FROM group_members WHERE group_id = $1 AND account_id = $2";
    REMOVE_FROM_ALL = "DELETE FROM group_members WHERE account_id = $1";
}

fn read(row: &mut Row<'_>) -> Result<Group, StoreError> {
    Ok(Group { key: GroupKey(row.int()?), id: row.text()?, display_name: row.text()? })
}

fn search_key(id: &str, display_name: &str) -> String {
    format!("{id} {display_name}").to_lowercase()
}

/// The group called `id`.
pub fn find(tx: &mut Transaction<'_>, id: &str) -> Result<Option<Group>, StoreError> {
    tx.query_one(&FIND, params![id], read)
}

/// Groups whose id or name holds `part`, ordered by id, with the number of their members; `limit` of them after the
/// first `offset`.
pub fn search(
    tx: &mut Transaction<'_>,
    part: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<(Group, i64)>, StoreError> {
    tx.query(&SEARCH, params![&containing(part), limit, offset], |row| Ok((read(row)?, row.int()?)))
}

/// Makes a group. `None` if one of that id is there.
pub fn insert(
    tx: &mut Transaction<'_>,
    id: &GroupId,
    display_name: &str,
) -> Result<Option<GroupKey>, StoreError> {
    let search_key = search_key(id.as_str(), display_name);
    let params = params![id.as_str(), display_name, &search_key];
    tx.query_one(&INSERT, params, |row| Ok(GroupKey(row.int()?)))
}

/// Changes the name that people see.
pub fn rename(tx: &mut Transaction<'_>, group: &Group, display_name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![display_name, &search_key(&group.id, display_name), group.key]).map(drop)
}

/// Removes a group; its members stay.
pub fn delete(tx: &mut Transaction<'_>, group: GroupKey) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![group])?;
    access_epoch::advance(tx)
}

/// The ids of the accounts in a group, in their order.
pub fn members(tx: &mut Transaction<'_>, group: GroupKey) -> Result<Vec<String>, StoreError> {
    tx.query(&MEMBERS, params![group], read_text)
}

/// Keeps the members of a group from being deleted before the transaction ends, and others from joining it. Accounts
/// come before the group, as for whoever joins one; those who joined until then are held after it.
pub(crate) fn hold_members(tx: &mut Transaction<'_>, group: GroupKey) -> Result<(), StoreError> {
    for statement in [&HOLD_MEMBERS, &LOCK, &HOLD_MEMBERS] {
        tx.query(statement, params![group], |_| Ok(()))?;
    }
    Ok(())
}

/// The ids of the groups that an account is in, in their order.
pub fn of(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<String>, StoreError> {
    tx.query(&OF, params![account], read_text)
}

/// Whether an account is in the group called `id`.
pub fn holds(tx: &mut Transaction<'_>, account: AccountId, id: &str) -> Result<bool, StoreError> {
    Ok(tx.query_one(&HOLDS, params![account, id], |_| Ok(()))?.is_some())
}

/// Puts an account into a group; nothing happens if it is in.
pub fn add_member(tx: &mut Transaction<'_>, group: GroupKey, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&ADD_MEMBER, params![group, account]).map(drop)
}

/// Takes an account out of a group; nothing happens if it is not in.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    group: GroupKey,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&REMOVE_MEMBER, params![group, account])?;
    access_epoch::advance(tx)
}

/// Takes an account out of every group.
pub fn remove_from_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&REMOVE_FROM_ALL, params![account]).map(drop)
}
