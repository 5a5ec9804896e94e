//! Who has been in the call that is on, to tell of it when it is over.

use plauder_model::{AccountId, ConversationId};

use super::messages::Who;
use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    INSERT = "INSERT INTO callers (conversation_id, account_id, guest_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    COUNT = "SELECT COUNT(account_id), COUNT(*) - COUNT(account_id) FROM callers WHERE conversation_id = $1";
    FIRST_ACCOUNTS = "SELECT p.id FROM callers x JOIN accounts p ON p.id = x.account_id
                      WHERE x.conversation_id = $1 ORDER BY p.user_key LIMIT $2";
    CLEAR = "DELETE FROM callers WHERE conversation_id = $1";
}

/// Notes that somebody is in the call.
pub fn insert(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    who: Who<'_>,
) -> Result<(), StoreError> {
    let (account, guest) = match who {
        Who::Account(account) => (Some(account), ""),
        Who::Guest { id } => (None, id),
        Who::System => return Ok(()),
    };
    tx.execute(&INSERT, params![conversation, account, guest]).map(drop)
}

/// How many accounts and how many guests have been in the call.
pub fn count(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(i64, i64), StoreError> {
    let counts = tx.query_one(&COUNT, params![conversation], |row| Ok((row.int()?, row.int()?)))?;
    Ok(counts.unwrap_or_default())
}

/// At most `limit` accounts that have been in the call, in the order of their ids.
pub fn first_accounts(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    tx.query(&FIRST_ACCOUNTS, params![conversation, limit], |row| Ok(AccountId(row.int()?)))
}

/// Forgets them, for the call is over.
pub fn clear(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    tx.execute(&CLEAR, params![conversation]).map(drop)
}
