//! Whom a message names beside the one who did something and the one to whom it was done: what stands for the
//! placeholders in its text.

use plauder_model::{AccountId, ConversationId, MessageId};

use super::guest_names::guest_name;
use super::messages::{Party, SYSTEM_ID, Who};
use crate::driver::params;
use crate::{StoreError, Transaction, statements};

/// A name that belongs to a message that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'a> {
    /// The placeholder in the text, without its braces.
    pub placeholder: String,
    /// Who is meant.
    pub who: Named<'a>,
}

/// Who or what is meant by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// Somebody.
    Somebody(Who<'a>),
    /// Everybody in the conversation.
    Everybody,
}

/// A name that belongs to a message, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptName {
    /// The message.
    pub message: MessageId,
    /// The placeholder in its text, without its braces.
    pub placeholder: String,
    /// Who is meant; of the kind `calls`: everybody.
    pub party: Party,
}

statements! {
    INSERT = "INSERT INTO message_names (conversation_id, message_id, position, placeholder, kind, account_id, other_id)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    BETWEEN = concat!("SELECT n.message_id, n.placeholder, n.kind, n.account_id, n.other_id, ", guest_name!("n", "kind", "other_id"), ", p.user_id, p.display_name,
                      p.deleted
               FROM message_names n LEFT JOIN accounts p ON p.id = n.account_id
               WHERE n.conversation_id = $1 AND n.message_id BETWEEN $2 AND $3 ORDER BY n.message_id, n.position");
    OF_PARENTS = concat!("SELECT n.message_id, n.placeholder, n.kind, n.account_id, n.other_id, ", guest_name!("n", "kind", "other_id"), ", p.user_id,
                         p.display_name, p.deleted
                  FROM message_names n LEFT JOIN accounts p ON p.id = n.account_id
                  WHERE n.conversation_id = $1 AND n.message_id IN (
                      SELECT parent_id FROM messages
                      WHERE conversation_id = $1 AND id BETWEEN $2 AND $3 AND parent_id IS NOT NULL)
                  ORDER BY n.message_id, n.position");
    OF_LAST = concat!("SELECT n.message_id, n.placeholder, n.kind, n.account_id, n.other_id, ", guest_name!("n", "kind", "other_id"), ", p.user_id, p.display_name,
                      p.deleted
               FROM attendees a JOIN conversations c ON c.id = a.conversation_id
               JOIN message_names n ON n.conversation_id = c.id AND n.message_id = c.last_message_id
               LEFT JOIN accounts p ON p.id = n.account_id
               WHERE a.account_id = $1 ORDER BY c.id, n.position");
    DELETE_OF = "DELETE FROM message_names WHERE conversation_id = $1";
}

/// Keeps the names that belong to a message.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    message: MessageId,
    names: &[Name<'_>],
) -> Result<(), StoreError> {
    for (position, name) in (0..).zip(names) {
        let (kind, account, id) = match name.who {
            Named::Somebody(Who::Account(account)) => ("users", Some(account), ""),
            Named::Somebody(Who::Guest { id }) => ("guests", None, id),
            Named::Somebody(Who::System) => ("guests", None, SYSTEM_ID),
            Named::Everybody => ("calls", None, "all"),
        };
        let placeholder = name.placeholder.as_str();
        let params = params![conversation, message, position, placeholder, kind, account, id];
        tx.execute(&INSERT, params)?;
    }
    Ok(())
}

/// The names that belong to the messages of a conversation from `first` to `last`.
pub fn between(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<KeptName>, StoreError> {
    tx.query(&BETWEEN, params![conversation, first, last], read)
}

/// The names that belong to the messages which those of a conversation from `first` to `last` answer.
pub fn of_parents(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<KeptName>, StoreError> {
    tx.query(&OF_PARENTS, params![conversation, first, last], read)
}

/// The names that belong to the last messages of an account's conversations.
pub fn of_last_messages(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<KeptName>, StoreError> {
    tx.query(&OF_LAST, params![account], read)
}

pub(crate) fn read(row: &mut crate::Row<'_>) -> Result<KeptName, StoreError> {
    Ok(KeptName {
        message: MessageId(row.int()?),
        placeholder: row.text()?,
        party: super::messages::read_party(row)?,
    })
}

/// Removes the names of all messages of a conversation.
pub(crate) fn delete_of(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    tx.execute(&DELETE_OF, params![conversation]).map(drop)
}
