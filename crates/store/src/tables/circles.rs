//! Circles of accounts and who is in them. A circle always has members, and exactly one of them is its owner.
//!
//! Who changes a circle or its members locks the circle first, and accounts that it is about before that.

use plauder_model::circle::random_id;
use plauder_model::{AccountId, CircleKey, CircleLevel, Timestamp};

use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// Accounts that came together by themselves, as one of them sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Its number.
    pub key: CircleKey,
    /// Its name on the wire.
    pub id: String,
    /// Its name as people see it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many members it has.
    pub population: i64,
    /// Whose it is.
    pub owner: CircleMember,
    /// The member who looks at it; `None`: somebody who is not in.
    pub viewer: Option<CircleMember>,
}

/// An account in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleMember {
    /// The name of the membership on the wire.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// The account's name for signing in.
    pub user_id: String,
    /// The account's name as people see it.
    pub display_name: String,
    /// What they may do in the circle.
    pub level: CircleLevel,
    /// Since when they are in.
    pub joined_at: Timestamp,
}

/// The columns of a member and their account, by the names that they go by.
macro_rules! member_columns {
    ($member:literal, $account:literal) => {
        concat!(
            $member,
            ".member_id, ",
            $member,
            ".account_id, ",
            $member,
            ".level, ",
            $member,
            ".joined_at, ",
            $account,
            ".user_id, ",
            $account,
            ".display_name"
        )
    };
}

/// How many columns `member_columns` has.
const MEMBER_COLUMNS: usize = 6;

/// Circles `c` as the account `$1` sees them.
macro_rules! circles_seen {
    () => {
        concat!(
            "SELECT c.id, c.circle_id, c.name, c.created_at,
                    (SELECT COUNT(*) FROM circle_members WHERE circle_id = c.id), ",
            member_columns!("o", "oa"), ", ", member_columns!("m", "ma"),
            " FROM circles c
              JOIN circle_members o ON o.circle_id = c.id AND o.level = 9 JOIN accounts oa ON oa.id = o.account_id
              LEFT JOIN circle_members m ON m.circle_id = c.id AND m.account_id = $1
              LEFT JOIN accounts ma ON ma.id = m.account_id"
        )
    };
}

statements! {
    FIND = concat!(circles_seen!(), " WHERE c.circle_id = $2");
    OF = concat!(circles_seen!(), " WHERE m.id IS NOT NULL ORDER BY c.search_key, c.id");
    ALL = concat!(circles_seen!(), " ORDER BY c.search_key, c.id");
    LOCK Exclusive = "SELECT id FROM circles WHERE circle_id = $1";
    LOCK_OF_ACCOUNT Exclusive = "SELECT id FROM circles
                                 WHERE id IN (SELECT circle_id FROM circle_members WHERE account_id = $1) ORDER BY id";
    HOLD Shared = "SELECT id FROM circles WHERE id = $1";
    INSERT = "INSERT INTO circles (circle_id, name, search_key, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    RENAME = "UPDATE circles SET name = $1, search_key = $2 WHERE id = $3";
    DELETE = "DELETE FROM circles WHERE id = $1";
    MEMBERS = concat!(
        "SELECT ", member_columns!("m", "a"), " FROM circle_members m JOIN accounts a ON a.id = m.account_id
         WHERE m.circle_id = $1 ORDER BY m.id"
    );
    MEMBER = concat!(
        "SELECT ", member_columns!("m", "a"), " FROM circle_members m JOIN accounts a ON a.id = m.account_id
         WHERE m.circle_id = $1 AND m.member_id = $2"
    );
    MEMBER_OF_ACCOUNT = concat!(
        "SELECT ", member_columns!("m", "a"), " FROM circle_members m JOIN accounts a ON a.id = m.account_id
         WHERE m.circle_id = $1 AND m.account_id = $2"
    );
    HOLD_MEMBERS Shared = "SELECT p.id FROM accounts p
                           WHERE p.id IN (SELECT account_id FROM circle_members WHERE circle_id = $1) ORDER BY p.id";
    ADD_MEMBER = "INSERT INTO circle_members (circle_id, account_id, member_id, level, joined_at)
                  VALUES ($1, $2, $3, $4, $5)";
    REMOVE_MEMBER = "DELETE FROM circle_members WHERE circle_id = $1 AND account_id = $2";
    DELETE_LONELY = "DELETE FROM circles WHERE id IN (SELECT circle_id FROM circle_members WHERE account_id = $1)
                     AND NOT EXISTS (
                       SELECT 1 FROM circle_members m WHERE m.circle_id = circles.id AND m.account_id <> $1)";
    INHERIT = "UPDATE circle_members SET level = 9 WHERE id IN (
                 SELECT (SELECT m.id FROM circle_members m
                         WHERE m.circle_id = o.circle_id AND m.account_id <> o.account_id
                         ORDER BY m.level DESC, m.id LIMIT 1)
                 FROM circle_members o WHERE o.account_id = $1 AND o.level = 9)";
    REMOVE_FROM_ALL = "DELETE FROM circle_members WHERE account_id = $1";
}

fn read(row: &mut Row<'_>) -> Result<Circle, StoreError> {
    Ok(Circle {
        key: CircleKey(row.int()?),
        id: row.text()?,
        name: row.text()?,
        created_at: row.int()?,
        population: row.int()?,
        owner: read_member(row)?,
        viewer: read_maybe_member(row)?,
    })
}

fn read_member(row: &mut Row<'_>) -> Result<CircleMember, StoreError> {
    read_maybe_member(row)?.ok_or_else(|| StoreError::Impossible("a member without an id".to_owned()))
}

fn read_maybe_member(row: &mut Row<'_>) -> Result<Option<CircleMember>, StoreError> {
    let Some(id) = row.maybe_text()? else {
        row.skip(MEMBER_COLUMNS - 1);
        return Ok(None);
    };
    Ok(Some(CircleMember {
        id,
        account: AccountId(row.int()?),
        level: row.number(CircleLevel::from_number)?,
        joined_at: row.int()?,
        user_id: row.text()?,
        display_name: row.text()?,
    }))
}

/// The circle called `id`, as `viewer` sees it.
pub fn find(
    tx: &mut Transaction<'_>,
    id: &str,
    viewer: Option<AccountId>,
) -> Result<Option<Circle>, StoreError> {
    tx.query_one(&FIND, params![viewer, id], read)
}

/// The circles that an account is in, ordered by name.
pub fn of(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Circle>, StoreError> {
    tx.query(&OF, params![account], read)
}

/// All circles, ordered by name, as `viewer` sees them.
pub fn all(tx: &mut Transaction<'_>, viewer: Option<AccountId>) -> Result<Vec<Circle>, StoreError> {
    tx.query(&ALL, params![viewer], read)
}

/// Keeps everybody else from changing the circle called `id` and its members until the transaction ends.
pub fn lock(tx: &mut Transaction<'_>, id: &str) -> Result<(), StoreError> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

/// Makes a circle whose only member is its owner.
pub fn insert(tx: &mut Transaction<'_>, name: &str, owner: AccountId) -> Result<String, StoreError> {
    let (id, search_key, now) = (random_id(tx.chance()), name.to_lowercase(), tx.now());
    let params = params![&id, name, &search_key, now];
    let key = tx.query_one(&INSERT, params, |row| Ok(CircleKey(row.int()?)))?;
    let key = key.ok_or_else(|| StoreError::Impossible("a circle without a number".to_owned()))?;
    add_member(tx, key, owner, CircleLevel::Owner)?;
    Ok(id)
}

/// Changes the name.
pub fn rename(tx: &mut Transaction<'_>, circle: CircleKey, name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![name, &name.to_lowercase(), circle]).map(drop)
}

/// Removes a circle; its members stay, and so do the conversations that were made for it.
pub fn delete(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![circle]).map(drop)
}

/// Who is in a circle, in the order in which they joined.
pub fn members(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<Vec<CircleMember>, StoreError> {
    tx.query(&MEMBERS, params![circle], read_member)
}

/// The member of a circle whose membership is called `id`.
pub fn member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    id: &str,
) -> Result<Option<CircleMember>, StoreError> {
    tx.query_one(&MEMBER, params![circle, id], read_member)
}

/// The member of a circle who is `account`.
pub fn member_of_account(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
) -> Result<Option<CircleMember>, StoreError> {
    tx.query_one(&MEMBER_OF_ACCOUNT, params![circle, account], read_member)
}

/// Keeps the members of a circle as they are, and their accounts from being deleted, before the transaction ends.
/// Deleting one takes the account first and then its circles: so does this, and looks again for who joined meanwhile.
pub(crate) fn hold_members(tx: &mut Transaction<'_>, circle: CircleKey) -> Result<(), StoreError> {
    tx.query(&HOLD_MEMBERS, params![circle], |_| Ok(()))?;
    tx.query(&HOLD, params![circle], |_| Ok(()))?;
    tx.query(&HOLD_MEMBERS, params![circle], |_| Ok(())).map(drop)
}

/// Puts an account that is not in it into a circle.
pub fn add_member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
    level: CircleLevel,
) -> Result<(), StoreError> {
    let (id, now) = (random_id(tx.chance()), tx.now());
    tx.execute(&ADD_MEMBER, params![circle, account, &id, level.number(), now]).map(drop)
}

/// Takes an account out of a circle. It has to be another one than the owner.
pub fn remove_member(
    tx: &mut Transaction<'_>,
    circle: CircleKey,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&REMOVE_MEMBER, params![circle, account]).map(drop)
}

/// Takes an account out of every circle. A circle that was its own goes to the member of the highest level who has been
/// in it for longest; one without other members is removed.
pub fn remove_from_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.query(&LOCK_OF_ACCOUNT, params![account], |_| Ok(()))?;
    tx.execute(&DELETE_LONELY, params![account])?;
    tx.execute(&INHERIT, params![account])?;
    tx.execute(&REMOVE_FROM_ALL, params![account]).map(drop)
}
