//! Messages: what people wrote, and what happened, in one order a conversation.

use plauder_model::{AccountId, AttendeeId, ConversationId, MessageId, SystemMessage, Timestamp};

use super::conversations::{self, Conversation};
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// A message, with the names that its people have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number; within a conversation it tells the order.
    pub id: MessageId,
    /// What it is: `comment` or `system`.
    pub kind: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Who wrote it, or did what it tells of.
    pub actor: Party,
    /// To whom that was done.
    pub subject: Option<Party>,
    /// What was written; empty in system messages.
    pub text: String,
    /// What happened; empty in written messages. See [`SystemMessage::recall`].
    pub happening: String,
    /// What belongs to the happening, as JSON.
    pub details: String,
    /// What the writer's program calls it.
    pub reference_id: String,
}

/// Somebody who is named in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// `users`, `guests` or `bots`.
    pub kind: String,
    /// The account, for users.
    pub account: Option<AccountId>,
    /// The id on the wire.
    pub id: String,
    /// The name as people see it.
    pub name: String,
    /// Whether the account was deleted; then `id` names nobody any more.
    pub deleted: bool,
}

/// The columns of a message `m` with the accounts of its actor `ma` and its subject `ms`.
macro_rules! message_columns {
    () => {
        "m.id, m.kind, m.created_at, m.text, m.happening, m.details, m.reference_id, \
         m.actor_kind, m.actor_account, m.actor_id, m.actor_name, ma.user_id, ma.display_name, ma.deleted, \
         m.subject_kind, m.subject_account, m.subject_id, m.subject_name, ms.user_id, ms.display_name, ms.deleted"
    };
}
pub(crate) use message_columns;

/// How many columns `message_columns` has.
const COLUMNS: usize = 21;

statements! {
    INSERT = "INSERT INTO messages (conversation_id, ordinal, created_at, actor_account, subject_kind,
                                    subject_account, happening, details,
                                    kind, actor_kind, actor_id, actor_name, subject_id, subject_name, text,
                                    reference_id, parent_id)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'system', 'users', '', '', '', '', '', '', NULL) RETURNING id";
    INSERT_MEMBERS_ADDED = "INSERT INTO messages (conversation_id, ordinal, created_at, actor_account,
                                    subject_account, subject_kind, happening, details,
                                    kind, actor_kind, actor_id, actor_name, subject_id, subject_name, text,
                                    reference_id, parent_id)
              SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), p.id, 'users',
                     'user_added', '{}', 'system', 'users', '', '', '', '', '', '', NULL
              FROM attendees a JOIN accounts p ON p.id = a.account_id
              WHERE a.conversation_id = $1 AND a.id >= $5 ORDER BY a.id RETURNING id";
    INSERT_ACCOUNT_LEFT = "INSERT INTO messages (conversation_id, ordinal, created_at, actor_account,
                                    subject_account, subject_kind, happening, details,
                                    kind, actor_kind, actor_id, actor_name, subject_id, subject_name, text,
                                    reference_id, parent_id)
              SELECT c.id, c.written, CAST($1 AS BIGINT), a.account_id, a.account_id, 'users', 'user_removed', '{}',
                     'system', 'users', '', '', '', '', '', '', NULL
              FROM attendees a JOIN conversations c ON c.id = a.conversation_id
              WHERE a.account_id = $2 AND c.type <> 1 ORDER BY c.id";
    DELETE_OF = "DELETE FROM messages WHERE conversation_id = $1";
}

/// Reads the columns of a message that may be missing.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Option<Message>, StoreError> {
    let Some(id) = row.maybe_int()? else {
        row.skip(COLUMNS - 1);
        return Ok(None);
    };
    Ok(Some(Message {
        id: MessageId(id),
        kind: row.text()?,
        created_at: row.int()?,
        text: row.text()?,
        happening: row.text()?,
        details: row.text()?,
        reference_id: row.text()?,
        actor: read_party(row)?,
        subject: Some(read_party(row)?).filter(|subject| !subject.kind.is_empty()),
    }))
}

fn read_party(row: &mut Row<'_>) -> Result<Party, StoreError> {
    let mut party = Party {
        kind: row.text()?,
        account: row.maybe_int()?.map(AccountId),
        id: row.text()?,
        name: row.text()?,
        deleted: false,
    };
    let (user_id, display_name) = (row.maybe_text()?, row.maybe_text()?);
    if let (Some(user_id), Some(display_name)) = (user_id, display_name) {
        (party.id, party.name, party.deleted) = (user_id, display_name, row.bool()?);
    } else {
        row.skip(1);
    }
    Ok(party)
}

/// Tells in a conversation, which has to be locked, that an account did something, maybe to another.
pub fn insert_happening(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: AccountId,
    happening: &SystemMessage,
    subject: Option<AccountId>,
) -> Result<MessageId, StoreError> {
    let subject_kind = if subject.is_some() { "users" } else { "" };
    let details = happening.details();
    let now = tx.now();
    let params = params![
        conversation.id,
        conversation.written,
        now,
        actor,
        subject_kind,
        subject,
        happening.name(),
        &details
    ];
    let id = tx.query_one(&INSERT, params, |row| Ok(MessageId(row.int()?)))?;
    let id = id.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))?;
    conversations::set_last_message(tx, conversation.id, id)?;
    Ok(id)
}

/// Tells of every seat from `first` on that `actor` added who has it, see [`super::attendees::insert_members`].
pub fn insert_members_added(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: AccountId,
    first: AttendeeId,
) -> Result<(), StoreError> {
    let now = tx.now();
    let params = params![conversation.id, conversation.written, now, actor, first];
    let ids = tx.query(&INSERT_MEMBERS_ADDED, params, |row| Ok(MessageId(row.int()?)))?;
    match ids.into_iter().max() {
        Some(last) => conversations::set_last_message(tx, conversation.id, last),
        None => Ok(()),
    }
}

/// Tells in every conversation of an account but the one-to-one ones that it left. Comes before it loses its seats,
/// which also takes these messages up as the last ones, see [`super::attendees::delete_of_account`].
pub fn insert_account_left(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT_ACCOUNT_LEFT, params![now, account]).map(drop)
}

/// Removes all messages of a conversation.
pub fn delete_of(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    tx.execute(&DELETE_OF, params![conversation]).map(drop)
}
