//! Mentions (table `message_names`): what the placeholders in the texts of messages stand for, besides the actor and
//! the subject.

use plauder_model::{AccountId, ActorKind, ConversationId, MentionKind, MessageId};

use crate::actors::{AccountName, NamedActor};
use crate::driver::params;
use crate::row::{FromRow, Row, row};
use crate::{StoreError, Transaction, statements};

/// A mention in a message that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMention {
    /// The placeholder in the text, without its braces.
    pub placeholder: String,
    /// Who is mentioned.
    pub target: MentionTarget,
}

/// Who is mentioned in a message that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MentionTarget {
    /// An account.
    Account(AccountId),
    /// The guest with this id.
    Guest(String),
    /// Everybody in the conversation.
    Everybody,
}

/// The id of a mention of everybody.
const EVERYBODY_ID: &str = "all";

impl MentionTarget {
    /// What kind of mention it is.
    #[must_use]
    pub const fn kind(&self) -> MentionKind {
        match self {
            Self::Account(_) => MentionKind::User,
            Self::Guest(_) => MentionKind::Guest,
            Self::Everybody => MentionKind::Call,
        }
    }

    /// The account, if it is one.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(*account),
            Self::Guest(_) | Self::Everybody => None,
        }
    }
}

/// A mention in a message, with the name that the mentioned actor has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The message.
    pub message: MessageId,
    /// The placeholder in the text, without its braces.
    pub placeholder: String,
    /// Who is mentioned; `None`: everybody in the conversation.
    pub actor: Option<NamedActor>,
}

row! {
    /// The columns of a mention. The statement joins the account as `~_account`.
    pub(crate) struct MentionRow {
        message: MessageId = "message_id",
        placeholder: String,
        kind: MentionKind,
        account: Option<AccountId> = "account_id",
        id: String = "other_id",
        guest_name: Option<String> = "CASE WHEN ~.kind = {mentioned_guests} THEN (SELECT g.name FROM guest_names g
            WHERE g.conversation_id = ~.conversation_id AND g.guest_id = ~.other_id) END",
        account_name: Option<AccountName> = "{AccountName ~_account}",
    }
}

impl FromRow for Mention {
    const WIDTH: usize = MentionRow::WIDTH;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let MentionRow { message, placeholder, kind, account, id, guest_name, account_name } =
            FromRow::read(row)?;
        let kind = match kind {
            MentionKind::User => ActorKind::User,
            MentionKind::Guest => ActorKind::Guest,
            MentionKind::Group => ActorKind::Group,
            MentionKind::Call => return Ok(Self { message, placeholder, actor: None }),
        };
        let actor = NamedActor::new(kind, account, id, guest_name, account_name);
        Ok(Self { message, placeholder, actor: Some(actor) })
    }
}

/// Mentions `n`, found from `$from`, which names them too.
macro_rules! mentions {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT {Mention n} FROM ",
            $from,
            " LEFT JOIN accounts n_account ON n_account.id = n.account_id ",
            $rest
        )
    };
}
pub(crate) use mentions;

statements! {
    INSERT = "INSERT INTO message_names (conversation_id, message_id, position, placeholder, kind, account_id, other_id)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LIST_BETWEEN = mentions!(
        "message_names n",
        "WHERE n.conversation_id = $1 AND n.message_id BETWEEN $2 AND $3 ORDER BY n.message_id, n.position"
    );
    LIST_OF_PARENTS = mentions!(
        "message_names n",
        "WHERE n.conversation_id = $1 AND n.message_id IN (
             SELECT parent_id FROM messages
             WHERE conversation_id = $1 AND id BETWEEN $2 AND $3 AND parent_id IS NOT NULL)
         ORDER BY n.message_id, n.position"
    );
    LIST_OF_LAST_MESSAGES = mentions!(
        "attendees a JOIN conversations c ON c.id = a.conversation_id
         JOIN message_names n ON n.conversation_id = c.id AND n.message_id = c.last_message_id",
        "WHERE a.account_id = $1 ORDER BY c.id, n.position"
    );
    DELETE_BY_CONVERSATION = "DELETE FROM message_names WHERE conversation_id = $1";
}

/// Inserts the mentions of a message.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    message: MessageId,
    mentions: &[NewMention],
) -> Result<(), StoreError> {
    for (position, NewMention { placeholder, target }) in (0..).zip(mentions) {
        let id = match target {
            MentionTarget::Account(_) => "",
            MentionTarget::Guest(id) => id,
            MentionTarget::Everybody => EVERYBODY_ID,
        };
        let params =
            params![conversation, message, position, placeholder, target.kind(), target.account(), id];
        tx.execute(&INSERT, params)?;
    }
    Ok(())
}

/// The mentions in the messages of a conversation from `first` to `last`.
pub fn list_between(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<Mention>, StoreError> {
    tx.query(&LIST_BETWEEN, params![conversation, first, last])
}

/// The mentions in the parents of the messages of a conversation from `first` to `last`.
pub fn list_of_parents(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<Mention>, StoreError> {
    tx.query(&LIST_OF_PARENTS, params![conversation, first, last])
}

/// The mentions in the last messages of an account's conversations.
pub fn list_of_last_messages(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<Mention>, StoreError> {
    tx.query(&LIST_OF_LAST_MESSAGES, params![account])
}

/// Deletes the mentions in all messages of a conversation.
pub(crate) fn delete_by_conversation(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_CONVERSATION, params![conversation]).map(drop)
}
