//! The participants of the call in progress (table `callers`), for the summary when it ends.

use plauder_model::{AccountId, ActorRef, ConversationId};

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    INSERT = "INSERT INTO callers (conversation_id, account_id, guest_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    REPLACE_GUEST_ID = "UPDATE callers SET guest_id = $1
                        WHERE conversation_id = $2 AND guest_id = $3 AND guest_id <> ''";
    COUNT = "SELECT COUNT(account_id), COUNT(*) - COUNT(account_id) FROM callers WHERE conversation_id = $1";
    LIST_FIRST_ACCOUNTS = "SELECT p.id FROM callers x JOIN accounts p ON p.id = x.account_id
                           WHERE x.conversation_id = $1 ORDER BY p.user_key LIMIT $2";
    DELETE_BY_CONVERSATION = "DELETE FROM callers WHERE conversation_id = $1";
}

/// Records that an actor has joined the call.
pub fn insert(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    actor: ActorRef<'_>,
) -> Result<(), StoreError> {
    tx.execute(&INSERT, params![conversation, actor.account(), actor.id()]).map(drop)
}

/// Records that a guest who may have joined the call has another id now. An empty `old` id is that of a guest who had no
/// session yet, and of no participant: accounts have no guest id.
pub fn replace_guest_id(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    old: &str,
    new: &str,
) -> Result<(), StoreError> {
    tx.execute(&REPLACE_GUEST_ID, params![new, conversation, old]).map(drop)
}

/// The number of accounts and the number of guests that have joined the call.
pub fn count(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(i64, i64), StoreError> {
    Ok(tx.query_one(&COUNT, params![conversation])?.unwrap_or_default())
}

/// At most `limit` accounts that have joined the call, sorted by user id.
pub fn first_accounts(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    tx.query(&LIST_FIRST_ACCOUNTS, params![conversation, limit])
}

/// Deletes the participants of a call that has ended.
pub fn delete_by_conversation(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_CONVERSATION, params![conversation]).map(drop)
}
