//! Messages: what people wrote, and what happened, in one order a conversation.

use plauder_model::{AccountId, AttendeeId, ConversationId, MessageId, SystemMessage, Timestamp};

use super::conversations::{self, Conversation};
use super::message_names::{self, Name};
use super::sessions::Scope;
use crate::driver::{params, read_int};
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
    /// The message that it answers.
    pub parent: Option<MessageId>,
    /// How many more names belong to its text, see [`super::message_names`].
    pub names: i64,
}

impl Message {
    /// Whether one can answer it: it was written by somebody who is not deleted.
    #[must_use]
    pub fn is_replyable(&self) -> bool {
        self.kind == "comment" && !self.actor.deleted
    }
}

/// Something that somebody writes.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Who writes it.
    pub by: Who<'a>,
    /// The text, with placeholders for `names`.
    pub text: &'a str,
    /// What the writer's program calls it.
    pub reference_id: &'a str,
    /// The message that it answers.
    pub parent: Option<MessageId>,
    /// Whom it mentions.
    pub names: &'a [Name<'a>],
}

/// Who does something in a conversation, or to whom it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// Somebody with an account.
    Account(AccountId),
    /// Somebody without.
    Guest {
        /// Their id.
        id: &'a str,
    },
    /// The server, by itself.
    System,
}

/// The columns that stand for somebody.
pub(crate) struct WhoColumns<'a> {
    pub(crate) kind: &'static str,
    pub(crate) account: Option<AccountId>,
    pub(crate) id: &'a str,
}

/// The id of the server among guests.
pub const SYSTEM_ID: &str = "system";

impl<'a> WhoColumns<'a> {
    pub(crate) fn of(who: Option<Who<'a>>) -> Self {
        match who {
            None => Self { kind: "", account: None, id: "" },
            Some(Who::Account(account)) => Self { kind: "users", account: Some(account), id: "" },
            Some(Who::Guest { id }) => Self { kind: "guests", account: None, id },
            Some(Who::System) => Self { kind: "guests", account: None, id: SYSTEM_ID },
        }
    }
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
        concat!(
            "m.id, m.kind, m.created_at, m.text, m.happening, m.details, m.reference_id, \
         m.parent_id, m.names, m.actor_kind, m.actor_account, m.actor_id, ",
            $crate::tables::guest_names::guest_name!("m", "actor_kind", "actor_id"),
            ", ma.user_id, ma.display_name, ma.deleted, \
         m.subject_kind, m.subject_account, m.subject_id, ",
            $crate::tables::guest_names::guest_name!("m", "subject_kind", "subject_id"),
            ", ms.user_id, ms.display_name, ms.deleted"
        )
    };
}
pub(crate) use message_columns;

/// How many columns `message_columns` has.
const COLUMNS: usize = 23;

/// Tells that each of some attendees `a` who are in the call left it.
macro_rules! calls_left {
    ($scope:literal) => {
        concat!(
            "INSERT INTO messages (conversation_id, ordinal, created_at, actor_kind, actor_account, actor_id,
                                   happening, details, kind, subject_kind, subject_id, text,
                                   reference_id, parent_id)
             SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), a.kind, a.account_id, a.actor_id,
                    'call_left', '{}', 'system', '', '', '', '', NULL
             FROM sessions s JOIN attendees a ON a.id = s.attendee_id
             WHERE s.conversation_id = $1 AND s.in_call > 0 AND ", $scope, " ORDER BY s.id RETURNING id"
        )
    };
}

/// Messages `m` of a conversation with the names that their people have now.
macro_rules! messages {
    ($where:literal) => {
        concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages m
             LEFT JOIN accounts ma ON ma.id = m.actor_account
             LEFT JOIN accounts ms ON ms.id = m.subject_account
             WHERE m.conversation_id = $1 AND ",
            $where
        )
    };
}

statements! {
    FIND = messages!("m.id = $2");
    BEFORE = messages!("m.id < $2 ORDER BY m.id DESC LIMIT $3");
    AFTER = messages!("m.id > $2 ORDER BY m.id LIMIT $3");
    PARENTS = messages!(
        "m.id IN (SELECT parent_id FROM messages
                  WHERE conversation_id = $1 AND id BETWEEN $2 AND $3 AND parent_id IS NOT NULL) ORDER BY m.id"
    );
    ORDINAL = "SELECT ordinal FROM messages WHERE conversation_id = $1 AND id <= $2 ORDER BY id DESC LIMIT 1";
    INSERT = "INSERT INTO messages (conversation_id, kind, ordinal, created_at, actor_kind, actor_account, actor_id,
                                    subject_kind, subject_account, subject_id, text,
                                    happening, details, reference_id, parent_id, names)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id";
    INSERT_CALLS_LEFT_EVERYBODY = calls_left!("a.participant_type > 0");
    INSERT_CALLS_LEFT_NON_MODERATORS = calls_left!("a.participant_type IN (3, 4, 5)");
    INSERT_CALLS_LEFT_PASSING = calls_left!("a.participant_type IN (4, 5, 6)");
    INSERT_MEMBERS_ADDED = "INSERT INTO messages (conversation_id, ordinal, created_at, actor_account,
                                    subject_account, subject_kind, happening, details,
                                    kind, actor_kind, actor_id, subject_id, text,
                                    reference_id, parent_id)
              SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), p.id, 'users',
                     'user_added', '{}', 'system', 'users', '', '', '', '', NULL
              FROM attendees a JOIN accounts p ON p.id = a.account_id
              WHERE a.conversation_id = $1 AND a.id >= $5 ORDER BY a.id RETURNING id";
    INSERT_ACCOUNT_LEFT = "INSERT INTO messages (conversation_id, ordinal, created_at, actor_account,
                                    subject_account, subject_kind, happening, details,
                                    kind, actor_kind, actor_id, subject_id, text,
                                    reference_id, parent_id)
              SELECT c.id, c.written, CAST($1 AS BIGINT), a.account_id, a.account_id, 'users', 'user_removed', '{}',
                     'system', 'users', '', '', '', '', NULL
              FROM attendees a JOIN conversations c ON c.id = a.conversation_id
              WHERE a.account_id = $2 AND c.type <> 1 ORDER BY c.id";
    DELETE_OF = "DELETE FROM messages WHERE conversation_id = $1";
}

fn read_present(row: &mut Row<'_>) -> Result<Message, StoreError> {
    read(row)?.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))
}

/// The message with this number, if it is in the conversation.
pub fn find(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    tx.query_one(&FIND, params![conversation, id], read_present)
}

/// At most `limit` messages of a conversation before `id`, the newest first.
pub fn before(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&BEFORE, params![conversation, id, limit], read_present)
}

/// At most `limit` messages of a conversation after `id`, the oldest first.
pub fn after(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&AFTER, params![conversation, id, limit], read_present)
}

/// The messages that are answered by those of a conversation from `first` to `last`, in their order.
pub fn parents(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&PARENTS, params![conversation, first, last], read_present)
}

/// How many messages people wrote in a conversation up to `id`, whether there is a message of that number or not.
pub fn ordinal(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
) -> Result<i64, StoreError> {
    Ok(tx.query_one(&ORDINAL, params![conversation, id], read_int)?.unwrap_or_default())
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
        parent: row.maybe_int()?.map(MessageId),
        names: row.int()?,
        actor: read_party(row)?,
        subject: Some(read_party(row)?).filter(|subject| !subject.kind.is_empty()),
    }))
}

pub(crate) fn read_party(row: &mut Row<'_>) -> Result<Party, StoreError> {
    let mut party = Party {
        kind: row.text()?,
        account: row.maybe_int()?.map(AccountId),
        id: row.text()?,
        name: row.maybe_text()?.unwrap_or_default(),
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

/// Keeps what somebody writes in a conversation, which has to be locked. Gives its number and its ordinal.
pub fn insert_written(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    written: Written<'_>,
) -> Result<(MessageId, i64), StoreError> {
    let by = WhoColumns::of(Some(written.by));
    let ordinal = conversation.written + 1;
    let now = tx.now();
    let params = params![
        conversation.id,
        "comment",
        ordinal,
        now,
        by.kind,
        by.account,
        by.id,
        "",
        None::<AccountId>,
        "",
        written.text,
        "",
        "{}",
        written.reference_id,
        written.parent,
        i64::try_from(written.names.len()).unwrap_or(i64::MAX),
    ];
    let id = tx.query_one(&INSERT, params, |row| Ok(MessageId(row.int()?)))?;
    let id = id.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))?;
    message_names::insert(tx, conversation.id, id, written.names)?;
    conversations::set_written(tx, conversation.id, id, ordinal)?;
    Ok((id, ordinal))
}

/// Tells in a conversation, which has to be locked, that somebody did something, maybe to another.
pub fn insert_happening(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: Who<'_>,
    happening: &SystemMessage,
    subject: Option<Who<'_>>,
) -> Result<MessageId, StoreError> {
    insert_naming(tx, conversation, actor, happening, subject, &[])
}

/// The same of a happening whose sentence has further placeholders: `names` stand for them.
pub fn insert_naming(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: Who<'_>,
    happening: &SystemMessage,
    subject: Option<Who<'_>>,
    names: &[Name<'_>],
) -> Result<MessageId, StoreError> {
    let (actor, subject) = (WhoColumns::of(Some(actor)), WhoColumns::of(subject));
    let details = happening.details();
    let now = tx.now();
    let params = params![
        conversation.id,
        "system",
        conversation.written,
        now,
        actor.kind,
        actor.account,
        actor.id,
        subject.kind,
        subject.account,
        subject.id,
        "",
        happening.name(),
        &details,
        "",
        None::<MessageId>,
        i64::try_from(names.len()).unwrap_or(i64::MAX),
    ];
    let id = tx.query_one(&INSERT, params, |row| Ok(MessageId(row.int()?)))?;
    let id = id.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))?;
    message_names::insert(tx, conversation.id, id, names)?;
    conversations::set_last_message(tx, conversation.id, id)?;
    Ok(id)
}

/// Tells of everybody in `scope` who is in the call that they left it. Comes before they are put out of it, see
/// [`super::sessions::hang_up`].
pub fn insert_calls_left(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    scope: Scope,
) -> Result<(), StoreError> {
    let statement = match scope {
        Scope::Everybody => &INSERT_CALLS_LEFT_EVERYBODY,
        Scope::NonModerators => &INSERT_CALLS_LEFT_NON_MODERATORS,
        Scope::Passing => &INSERT_CALLS_LEFT_PASSING,
    };
    let now = tx.now();
    let ids = tx.query(statement, params![conversation.id, conversation.written, now], |row| {
        Ok(MessageId(row.int()?))
    })?;
    match ids.into_iter().max() {
        Some(last) => conversations::set_last_message(tx, conversation.id, last),
        None => Ok(()),
    }
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
    message_names::delete_of(tx, conversation)?;
    tx.execute(&DELETE_OF, params![conversation]).map(drop)
}
