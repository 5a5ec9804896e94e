//! Circles, which clients call teams, and their members: the tables `circles` and `circle_members`. A circle always has
//! members, and exactly one of them is its owner.
//!
//! A transaction that changes a circle or its members locks the accounts concerned first, and then the circle.

use plauder_model::circle::random_id;
use plauder_model::{AccountId, CircleKey, CircleLevel, Timestamp};

use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A circle, as one account sees it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Circle {
        /// The number of the circle.
        pub key: CircleKey = "id",
        /// The id of the circle on the wire.
        pub id: String = "circle_id",
        /// The display name.
        pub name: String,
        /// When the circle was created.
        pub created_at: Timestamp,
        /// The number of members.
        pub population: i64 = "(SELECT COUNT(*) FROM circle_members WHERE circle_id = ~.id)",
        /// The owner.
        pub owner: CircleMember = "{CircleMember o}",
        /// The membership of the account that the circle is shown to; `None` if it is not a member.
        pub viewer: Option<CircleMember> = "{CircleMember m}",
    }
}

row! {
    /// A member of a circle.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct CircleMember {
        /// The id of the membership on the wire.
        pub id: String = "member_id",
        /// The account.
        pub account: AccountId = "account_id",
        /// The account's user id.
        pub user_id: String = "~_account.user_id",
        /// The account's display name.
        pub display_name: String = "~_account.display_name",
        /// What the member may do in the circle.
        pub level: CircleLevel,
        /// When the account joined.
        pub joined_at: Timestamp,
    }
}

/// Circles `c` as the account `$1` sees them.
macro_rules! circles {
    ($rest:literal) => {
        concat!(
            "SELECT {Circle c} FROM circles c
             JOIN circle_members o ON o.circle_id = c.id AND o.level = {circle_owner}
             JOIN accounts o_account ON o_account.id = o.account_id
             LEFT JOIN circle_members m ON m.circle_id = c.id AND m.account_id = $1
             LEFT JOIN accounts m_account ON m_account.id = m.account_id ",
            $rest
        )
    };
}

/// Members `m` of the circle `$1`.
macro_rules! members {
    ($rest:literal) => {
        concat!(
            "SELECT {CircleMember m} FROM circle_members m JOIN accounts m_account ON m_account.id = m.account_id
             WHERE m.circle_id = $1 ",
            $rest
        )
    };
}

statements! {
    FIND = circles!("WHERE c.circle_id = $2");
    LIST_BY_ACCOUNT = circles!("WHERE m.id IS NOT NULL ORDER BY c.search_key, c.id");
    LIST = circles!("ORDER BY c.search_key, c.id");
    LOCK Update = "SELECT id FROM circles WHERE circle_id = $1";
    LOCK_OF_ACCOUNT Update = "SELECT id FROM circles
                                 WHERE id IN (SELECT circle_id FROM circle_members WHERE account_id = $1) ORDER BY id";
    LOCK_AGAINST_DELETION KeyShare = "SELECT id FROM circles WHERE id = $1";
    INSERT = "INSERT INTO circles (circle_id, name, search_key, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    RENAME = "UPDATE circles SET name = $1, search_key = $2 WHERE id = $3";
    DELETE = "DELETE FROM circles WHERE id = $1";
    LIST_MEMBERS = members!("ORDER BY m.id");
    FIND_MEMBER = members!("AND m.member_id = $2");
    FIND_MEMBER_BY_ACCOUNT = members!("AND m.account_id = $2");
    LOCK_MEMBER_ACCOUNTS KeyShare = "SELECT p.id FROM accounts p
                                   WHERE p.id IN (SELECT account_id FROM circle_members WHERE circle_id = $1) ORDER BY p.id";
    ADD_MEMBER = "INSERT INTO circle_members (circle_id, account_id, member_id, level, joined_at)
                  VALUES ($1, $2, $3, $4, $5)";
    REMOVE_MEMBER = "DELETE FROM circle_members WHERE circle_id = $1 AND account_id = $2";
    DELETE_WITHOUT_OTHER_MEMBERS = "DELETE FROM circles WHERE id IN (SELECT circle_id FROM circle_members WHERE account_id = $1)
                                    AND NOT EXISTS (
                                      SELECT 1 FROM circle_members m WHERE m.circle_id = circles.id AND m.account_id <> $1)";
    SET_NEXT_OWNER = "UPDATE circle_members SET level = {circle_owner} WHERE id IN (
                        SELECT (SELECT m.id FROM circle_members m
                                WHERE m.circle_id = o.circle_id AND m.account_id <> o.account_id
                                ORDER BY m.level DESC, m.id LIMIT 1)
                        FROM circle_members o WHERE o.account_id = $1 AND o.level = {circle_owner})";
    REMOVE_FROM_ALL = "DELETE FROM circle_members WHERE account_id = $1";
}

/// The circle with this id, as `viewer` sees it.
pub fn find(
    tx: &mut Transaction<'_>,
    id: &str,
    viewer: Option<AccountId>,
) -> Result<Option<Circle>, StoreError> {
    tx.query_one(&FIND, params![viewer, id])
}

/// The circles of an account, sorted by name.
pub fn list_by_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Circle>, StoreError> {
    tx.query(&LIST_BY_ACCOUNT, params![account])
}

/// All circles, sorted by name, as `viewer` sees them.
pub fn list(tx: &mut Transaction<'_>, viewer: Option<AccountId>) -> Result<Vec<Circle>, StoreError> {
    tx.query(&LIST, params![viewer])
}

/// Locks the circle with this id and its members until the transaction ends.
pub fn lock(tx: &mut Transaction<'_>, id: &str) -> Result<(), StoreError> {
    tx.lock(&LOCK, params![id])
}

/// Creates a circle whose only member is its owner, and returns its id.
pub fn insert(tx: &mut Transaction<'_>, name: &str, owner: AccountId) -> Result<String, StoreError> {
    let (id, search_key, now) = (random_id(tx.rng()), name.to_lowercase(), tx.now());
    let params = params![&id, name, &search_key, now];
    let key = tx.query_one(&INSERT, params)?;
    let key = key.ok_or_else(|| StoreError::Impossible("a circle without a number".to_owned()))?;
    add_member(tx, key, owner, CircleLevel::Owner)?;
    Ok(id)
}

/// Changes the display name.
pub fn rename(tx: &mut Transaction<'_>, circle: CircleKey, name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![name, &name.to_lowercase(), circle]).map(drop)
}

/// Deletes a circle, but neither its members nor the conversations that were created from it.
pub fn delete(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![circle]).map(drop)
}

/// The members of a circle, in the order in which they joined.
pub fn list_members(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<Vec<CircleMember>, StoreError> {
    tx.query(&LIST_MEMBERS, params![circle])
}

/// The member of a circle whose membership has this id.
pub fn find_member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    id: &str,
) -> Result<Option<CircleMember>, StoreError> {
    tx.query_one(&FIND_MEMBER, params![circle, id])
}

/// The membership of an account in a circle.
pub fn find_member_by_account(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
) -> Result<Option<CircleMember>, StoreError> {
    tx.query_one(&FIND_MEMBER_BY_ACCOUNT, params![circle, account])
}

/// Keeps the members of a circle, and their accounts from being deleted, until the transaction ends. Locks accounts
/// before the circle, in the same order as a transaction that deletes an account, and then the accounts that joined
/// meanwhile.
pub(crate) fn lock_members(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<(), StoreError> {
    tx.lock(&LOCK_MEMBER_ACCOUNTS, params![circle])?;
    tx.lock(&LOCK_AGAINST_DELETION, params![circle])?;
    tx.lock(&LOCK_MEMBER_ACCOUNTS, params![circle])
}

/// Adds an account that is not a member.
pub fn add_member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
    level: CircleLevel,
) -> Result<(), StoreError> {
    let (id, now) = (random_id(tx.rng()), tx.now());
    tx.execute(&ADD_MEMBER, params![circle, account, &id, level, now]).map(drop)
}

/// Removes a member who is not the owner.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&REMOVE_MEMBER, params![circle, account]).map(drop)
}

/// Removes an account from every circle. The next owner of its own circles is the member with the highest level who
/// joined first. A circle without other members is deleted.
pub fn remove_from_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.lock(&LOCK_OF_ACCOUNT, params![account])?;
    tx.execute(&DELETE_WITHOUT_OTHER_MEMBERS, params![account])?;
    tx.execute(&SET_NEXT_OWNER, params![account])?;
    tx.execute(&REMOVE_FROM_ALL, params![account]).map(drop)
}
