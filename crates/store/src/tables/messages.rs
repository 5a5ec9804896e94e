//! Messages: the comments of participants and the system messages, in one order for each conversation.

use plauder_model::{
    AccountId, ActorRef, AttendeeId, ConversationId, MessageId, MessageKind, SystemMessage, Timestamp,
};

use super::conversations::{self, Conversation};
use super::message_names::{self, NewMention};
use super::sessions::Scope;
use crate::actors::NamedActor;
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A message, with the names that its actors have now. A statement that reads it as `m` joins the accounts of the
    /// actor and the subject as `m_actor` and `m_subject`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Message {
        /// The id of the message; ids grow in the order of a conversation's messages.
        pub id: MessageId,
        /// What kind of message it is.
        pub kind: MessageKind,
        /// When it was written.
        pub created_at: Timestamp,
        /// Who wrote it, or did what it reports.
        pub actor: NamedActor = "{NamedActor ~ actor}",
        /// To whom the actor did it.
        pub subject: Option<NamedActor> = "{NamedActor ~ subject}",
        /// The text; empty in system messages.
        pub text: String,
        /// The name of the system message; empty in comments. See [`SystemMessage::from_parts`].
        pub system_message: String = "happening",
        /// The details of the system message, as JSON.
        pub details: String,
        /// The id that the writing client gave it.
        pub reference_id: String,
        /// The message that it replies to.
        pub parent: Option<MessageId> = "parent_id",
        /// The number of mentions in its text, see [`super::message_names`].
        pub names: i64,
    }
}

impl Message {
    /// Whether participants can reply to it: it is a comment, and the account of its author still exists.
    #[must_use]
    pub fn is_replyable(&self) -> bool {
        self.kind == MessageKind::Comment && !self.actor.is_deleted()
    }
}

/// A message that a participant writes.
#[derive(Debug, Clone, Copy)]
pub struct NewComment<'a> {
    /// Who writes it.
    pub by: ActorRef<'a>,
    /// The text, with placeholders for `names`.
    pub text: &'a str,
    /// The id that the writing client gave it.
    pub reference_id: &'a str,
    /// The message that it replies to.
    pub parent: Option<MessageId>,
    /// The mentions in the text.
    pub names: &'a [NewMention],
}

/// Inserts messages: `$rows` gives their columns in the order of this list.
macro_rules! insert {
    ($rows:expr) => {
        concat!(
            "INSERT INTO messages (conversation_id, kind, ordinal, created_at, actor_kind, actor_account, actor_id,
                                   subject_kind, subject_account, subject_id, text, happening, details, reference_id,
                                   parent_id, names) ",
            $rows
        )
    };
}

/// Reports that some attendees `a` who are in the call leave it.
macro_rules! insert_calls_left {
    ($attendees:literal) => {
        insert!(concat!(
            "SELECT CAST($1 AS BIGINT), {system}, CAST($2 AS BIGINT), CAST($3 AS BIGINT), a.kind, a.account_id, a.actor_id,
                    '', NULL, '', '', {call_left}, {no_details}, '', NULL, 0
             FROM sessions s JOIN attendees a ON a.id = s.attendee_id
             WHERE s.conversation_id = $1 AND s.in_call > 0",
            $attendees,
            " ORDER BY s.id RETURNING id"
        ))
    };
}

/// Messages `m` of the conversation `$1`.
macro_rules! messages {
    ($condition:literal) => {
        concat!(
            "SELECT {Message m} FROM messages m
             LEFT JOIN accounts m_actor ON m_actor.id = m.actor_account
             LEFT JOIN accounts m_subject ON m_subject.id = m.subject_account
             WHERE m.conversation_id = $1 AND ",
            $condition
        )
    };
}

statements! {
    FIND = messages!("m.id = $2");
    LIST_BEFORE = messages!("m.id < $2 ORDER BY m.id DESC LIMIT $3");
    LIST_AFTER = messages!("m.id > $2 ORDER BY m.id LIMIT $3");
    LIST_PARENTS = messages!(
        "m.id IN (SELECT parent_id FROM messages
                  WHERE conversation_id = $1 AND id BETWEEN $2 AND $3 AND parent_id IS NOT NULL) ORDER BY m.id"
    );
    FIND_COMMENT_INDEX = "SELECT ordinal FROM messages WHERE conversation_id = $1 AND id <= $2 ORDER BY id DESC LIMIT 1";
    INSERT_COMMENT = insert!(
        "VALUES ($1, {comment}, $2, $3, $4, $5, $6, '', NULL, '', $7, '', {no_details}, $8, $9, $10) RETURNING id"
    );
    INSERT_SYSTEM_MESSAGE = insert!(
        "VALUES ($1, {system}, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, '', NULL, $12) RETURNING id"
    );
    INSERT_CALLS_LEFT_EVERYBODY = insert_calls_left!("");
    INSERT_CALLS_LEFT_NON_MODERATORS = insert_calls_left!(" AND a.participant_type IN {non_moderators}");
    INSERT_CALLS_LEFT_TRANSIENT = insert_calls_left!(" AND a.participant_type IN {transient}");
    INSERT_MEMBERS_ADDED = insert!(
        "SELECT CAST($1 AS BIGINT), {system}, CAST($2 AS BIGINT), CAST($3 AS BIGINT), {users}, CAST($4 AS BIGINT), '',
                {users}, p.id, '', '', {user_added}, {no_details}, '', NULL, 0
         FROM attendees a JOIN accounts p ON p.id = a.account_id
         WHERE a.conversation_id = $1 AND a.id >= $5 ORDER BY a.id RETURNING id"
    );
    INSERT_ACCOUNT_LEFT = insert!(
        "SELECT c.id, {system}, c.written, CAST($1 AS BIGINT), {users}, a.account_id, '',
                {users}, a.account_id, '', '', {user_removed}, {no_details}, '', NULL, 0
         FROM attendees a JOIN conversations c ON c.id = a.conversation_id
         WHERE a.account_id = $2 AND c.type <> {one_to_one} AND a.participant_type IN {permanent} ORDER BY c.id"
    );
    DELETE_BY_CONVERSATION = "DELETE FROM messages WHERE conversation_id = $1";
}

/// The message with this id, if it is in the conversation.
pub fn find(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    tx.query_one(&FIND, params![conversation, id])
}

/// At most `limit` messages of a conversation before `id`, the newest first.
pub fn list_before(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&LIST_BEFORE, params![conversation, id, limit])
}

/// At most `limit` messages of a conversation after `id`, the oldest first.
pub fn list_after(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&LIST_AFTER, params![conversation, id, limit])
}

/// The parents of the messages of a conversation from `first` to `last`, the oldest first.
pub fn list_parents(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    first: MessageId,
    last: MessageId,
) -> Result<Vec<Message>, StoreError> {
    tx.query(&LIST_PARENTS, params![conversation, first, last])
}

/// The number of messages that participants wrote in a conversation up to `id`, which need not be the id of a message.
pub fn find_comment_index(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: MessageId,
) -> Result<i64, StoreError> {
    Ok(tx.query_one(&FIND_COMMENT_INDEX, params![conversation, id])?.unwrap_or_default())
}

/// Inserts a message that a participant writes in a conversation, which has to be locked. Returns its id and its
/// comment index: the number of such messages up to it.
pub fn insert_comment(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    comment: NewComment<'_>,
) -> Result<(MessageId, i64), StoreError> {
    let NewComment { by, text, reference_id, parent, names } = comment;
    let comment_index = conversation.comment_count + 1;
    let (now, count) = (tx.now(), count(names));
    let params = params![
        conversation.id,
        comment_index,
        now,
        by.kind(),
        by.account(),
        by.id(),
        text,
        reference_id,
        parent,
        count
    ];
    let id = tx.query_one(&INSERT_COMMENT, params)?;
    let id = id.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))?;
    message_names::insert(tx, conversation.id, id, names)?;
    conversations::set_comment_count(tx, conversation.id, id, comment_index)?;
    Ok((id, comment_index))
}

fn count(mentions: &[NewMention]) -> i64 {
    i64::try_from(mentions.len()).unwrap_or(i64::MAX)
}

/// Reports in a conversation, which has to be locked, that `actor` did something, maybe to `subject`.
pub fn insert_system_message(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: ActorRef<'_>,
    system_message: &SystemMessage,
    subject: Option<ActorRef<'_>>,
) -> Result<MessageId, StoreError> {
    insert_system_message_with_mentions(tx, conversation, actor, system_message, subject, &[])
}

/// Does what [`insert_system_message`] does, for a sentence with more placeholders: `names` stand for them.
pub fn insert_system_message_with_mentions(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: ActorRef<'_>,
    system_message: &SystemMessage,
    subject: Option<ActorRef<'_>>,
    names: &[NewMention],
) -> Result<MessageId, StoreError> {
    let details = system_message.details();
    let (now, count) = (tx.now(), count(names));
    let params = params![
        conversation.id,
        conversation.comment_count,
        now,
        actor.kind(),
        actor.account(),
        actor.id(),
        subject.map_or("", |subject| subject.kind().name()),
        subject.and_then(ActorRef::account),
        subject.map_or("", ActorRef::id),
        system_message.name(),
        &details,
        count
    ];
    let id = tx.query_one(&INSERT_SYSTEM_MESSAGE, params)?;
    let id = id.ok_or_else(|| StoreError::Impossible("a message without an id".to_owned()))?;
    message_names::insert(tx, conversation.id, id, names)?;
    conversations::set_last_message(tx, conversation.id, id)?;
    Ok(id)
}

/// Reports that the participants of the call in `scope` leave it, before [`super::sessions::leave_call`] takes them
/// out.
pub fn insert_calls_left(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    scope: Scope,
) -> Result<(), StoreError> {
    let statement = match scope {
        Scope::Everybody => &INSERT_CALLS_LEFT_EVERYBODY,
        Scope::NonModerators => &INSERT_CALLS_LEFT_NON_MODERATORS,
        Scope::Transient => &INSERT_CALLS_LEFT_TRANSIENT,
    };
    let now = tx.now();
    let ids: Vec<MessageId> =
        tx.query(statement, params![conversation.id, conversation.comment_count, now])?;
    match ids.into_iter().max() {
        Some(last) => conversations::set_last_message(tx, conversation.id, last),
        None => Ok(()),
    }
}

/// Reports that `actor` added every attendee from `first` on, see [`super::attendees::insert_members`].
pub fn insert_members_added(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    actor: AccountId,
    first: AttendeeId,
) -> Result<(), StoreError> {
    let now = tx.now();
    let params = params![conversation.id, conversation.comment_count, now, actor, first];
    let ids: Vec<MessageId> = tx.query(&INSERT_MEMBERS_ADDED, params)?;
    match ids.into_iter().max() {
        Some(last) => conversations::set_last_message(tx, conversation.id, last),
        None => Ok(()),
    }
}

/// Reports in every conversation of an account, except one-to-one conversations, that it left.
/// [`super::attendees::delete_of_account`] removes it afterwards, and makes these messages the last ones.
pub fn insert_account_left(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT_ACCOUNT_LEFT, params![now, account]).map(drop)
}

/// Deletes all messages of a conversation.
pub fn delete_by_conversation(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    message_names::delete_by_conversation(tx, conversation)?;
    tx.execute(&DELETE_BY_CONVERSATION, params![conversation]).map(drop)
}
