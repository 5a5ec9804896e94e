//! Notifications, until the account has seen them. One statement notifies any number of accounts: attendees who did not
//! cause the event themselves and do not wait in the lobby.

use plauder_model::{
    AccountId, ActorRef, AttendeeId, ConversationId, MessageId, NotificationId, NotificationKind,
    NotificationLevel, ParticipantType, Timestamp, session,
};

use super::attendees::Attendee;
use super::conversations::Conversation;
use super::message_names::{Mention, mentions};
use super::messages::Message;
use crate::actors::{AccountName, NamedActor};
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

/// The maximum number of notifications of an account that are listed, the newest. Older ones are deleted when the
/// account is added to a conversation or called, and after every twentieth comment of a conversation.
pub const MAX_LISTED: i64 = 200;

/// After this many messages in a conversation, the accounts that are notified lose what exceeds [`MAX_LISTED`].
const TRIM_EVERY: i64 = 20;

row! {
    /// A notification of an account, with everything that is needed to show it.
    #[derive(Debug, Clone)]
    pub struct Notification {
        /// The number of the notification.
        pub id: NotificationId,
        /// What it is about.
        pub kind: NotificationKind,
        /// When it was created.
        pub created_at: Timestamp,
        /// Who caused it.
        pub actor: NamedActor = "{NamedActor ~ actor}",
        /// The conversation.
        pub conversation: Conversation = "{Conversation c}",
        /// The notified attendee.
        pub attendee: Attendee = "{Attendee a}",
        /// In a one-to-one conversation the other account.
        pub partner: Option<AccountName> = "{AccountName p}",
        /// The message that it is about.
        pub message: Option<Message> = "{Message m}",
    }
}

/// An event of which accounts may have to be notified.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The conversation, which has to be locked.
    pub conversation: &'a Conversation,
    /// Who causes the event, and is not notified.
    pub by: ActorRef<'a>,
    /// The message; 0: none.
    pub message: MessageId,
    /// The level of attendees who have not chosen one.
    pub default: NotificationLevel,
}

/// Inserts notifications: `$rows` gives their columns in the order of this list.
macro_rules! insert {
    ($rows:expr) => {
        concat!(
            "INSERT INTO notifications (conversation_id, message_id, created_at, actor_kind, actor_account, actor_id,
                                        account_id, kind) ",
            $rows
        )
    };
}

/// Notifies attendees `a` of a message or a call; if `$7` is false, only moderators, because the
/// others wait in the lobby.
macro_rules! notify {
    ($kind:literal, $condition:expr) => {
        insert!(concat!(
            "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT),
                    CAST($6 AS TEXT), a.account_id, ", $kind, "
             FROM attendees a
             WHERE a.conversation_id = $1 AND a.kind = {users} AND ($7 OR a.participant_type IN {moderators})
               AND (CAST($5 AS BIGINT) IS NULL OR a.account_id <> $5) AND ", $condition
        ))
    };
}

/// Notifies attendees whom a message concerns, unless they want no notifications or were notified of it already.
macro_rules! notify_concerned {
    ($kind:literal, $condition:expr) => {
        notify!(
            $kind,
            concat!(
                "CASE a.notification_level WHEN {level_default} THEN CAST($8 AS BIGINT) ELSE a.notification_level END
                     <> {level_never}
                 AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.conversation_id = $1
                                 AND n.account_id = a.account_id AND n.message_id = $2)",
                $condition
            )
        )
    };
}

/// Notifies attendees who want to be notified of every message, unless they are online or were notified of it already.
macro_rules! notify_always {
    ($level:literal) => {
        notify!(
            "{message}",
            concat!(
                $level, " AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.conversation_id = $1
                                          AND n.account_id = a.account_id AND n.message_id = $2)
                 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.attendee_id = a.id AND s.last_ping > $8)"
            )
        )
    };
}

/// Invites attendees `a`.
macro_rules! invite {
    ($condition:literal) => {
        insert!(concat!(
            "SELECT CAST($1 AS BIGINT), 0, CAST($2 AS BIGINT), {users}, CAST($3 AS BIGINT), '', a.account_id, {invitation}
             FROM attendees a
             WHERE a.conversation_id = $1 AND a.kind = {users} AND a.account_id <> $3 AND ", $condition
        ))
    };
}

/// Notifications `n` of the account `$1`.
macro_rules! notifications {
    ($condition:literal) => {
        concat!(
            "SELECT {Notification n} FROM notifications n
             JOIN conversations c ON c.id = n.conversation_id
             JOIN attendees a ON a.conversation_id = n.conversation_id AND a.account_id = n.account_id
             LEFT JOIN accounts n_actor ON n_actor.id = n.actor_account
             LEFT JOIN accounts p ON p.id = CASE WHEN c.pair_low = a.account_id THEN c.pair_high ELSE c.pair_low END
             LEFT JOIN messages m ON m.id = n.message_id AND m.conversation_id = n.conversation_id
             LEFT JOIN accounts m_actor ON m_actor.id = m.actor_account
             LEFT JOIN accounts m_subject ON m_subject.id = m.subject_account
             WHERE n.account_id = $1 AND ", $condition
        )
    };
}

statements! {
    INVITE = invite!("a.account_id = $4");
    INVITE_MEMBERS = invite!("a.id >= $4");
    NOTIFY_OF_REPLY = notify_concerned!("{reply}", " AND a.account_id = $9");
    NOTIFY_OF_MENTION = notify_concerned!("{mention}", " AND a.account_id IN (
        SELECT x.account_id FROM message_names x WHERE x.conversation_id = $1 AND x.message_id = $2)");
    NOTIFY_OF_MENTION_ALL = notify_concerned!("{mention_all}", "");
    NOTIFY_OF_MESSAGE = notify_always!("a.notification_level = {level_always}");
    NOTIFY_OF_MESSAGE_BY_DEFAULT = notify_always!("a.notification_level IN ({level_default}, {level_always})");
    NOTIFY_OF_CALL = notify!("{call}",
        "CASE a.notification_level WHEN {level_default} THEN CAST($8 AS BIGINT) ELSE a.notification_level END <> {level_never}
        AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.attendee_id = a.id AND s.in_call > 0)");
    DELETE_CALLS = "DELETE FROM notifications WHERE conversation_id = $1 AND kind IN ({call}, {missed_call})";
    SET_CALL_MISSED = "UPDATE notifications SET kind = {missed_call} WHERE conversation_id = $1 AND kind = {call}";
    DELETE_CALLS_OF_ACCOUNT = "DELETE FROM notifications
                               WHERE conversation_id = $1 AND account_id = $2 AND kind IN ({call}, {missed_call})";
    DELETE_READ = "DELETE FROM notifications
                   WHERE conversation_id = $1 AND account_id = $2 AND message_id <= $3
                     AND kind NOT IN ({call}, {missed_call})";
    DELETE_FOR_ATTENDEE = "DELETE FROM notifications WHERE conversation_id = $1 AND account_id = $2";
    DELETE_FOR_ATTENDEES = "DELETE FROM notifications WHERE conversation_id = $1 AND account_id NOT IN (
                                SELECT a.account_id FROM attendees a
                                WHERE a.conversation_id = $1 AND a.account_id IS NOT NULL)";
    TRIM = "DELETE FROM notifications WHERE id IN (
                SELECT o.id FROM notifications n JOIN notifications o ON o.account_id = n.account_id
                WHERE n.conversation_id = $1 AND n.message_id = $2
                  AND o.id <= (SELECT x.id FROM notifications x WHERE x.account_id = n.account_id
                               ORDER BY x.id DESC LIMIT 1 OFFSET $3))";
    TRIM_OF_ACCOUNT = "DELETE FROM notifications WHERE account_id = $1
                         AND id <= (SELECT x.id FROM notifications x WHERE x.account_id = $1
                                    ORDER BY x.id DESC LIMIT 1 OFFSET $2)";
    LIST_BY_ACCOUNT = notifications!("n.id > 0 ORDER BY n.id DESC LIMIT $2");
    FIND = notifications!("n.id = $2");
    LIST_MENTIONS = mentions!(
        "(SELECT DISTINCT n.conversation_id AS conversation_id, n.message_id AS message_id
          FROM notifications n WHERE n.account_id = $1 AND n.message_id > 0) t
         JOIN message_names n ON n.conversation_id = t.conversation_id AND n.message_id = t.message_id",
        "ORDER BY n.message_id, n.position"
    );
    DELETE = "DELETE FROM notifications WHERE account_id = $1 AND id = $2";
    DELETE_ALL = "DELETE FROM notifications WHERE account_id = $1";
}

/// Whether no participant waits in the lobby now.
fn is_lobby_open(conversation: &Conversation, now: Timestamp) -> bool {
    !conversation.holds_in_lobby(ParticipantType::User, now)
}

/// Notifies an account that `by` added it.
pub fn invite(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    by: AccountId,
    account: AccountId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INVITE, params![conversation, now, by, account])?;
    tx.execute(&TRIM_OF_ACCOUNT, params![account, MAX_LISTED]).map(drop)
}

/// Notifies every attendee from `first` on that `by` added them, see [`super::attendees::insert_members`].
pub fn invite_members(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    by: AccountId,
    first: AttendeeId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INVITE_MEMBERS, params![conversation, now, by, first])?;
    trim(tx, conversation, MessageId(0))
}

/// Whom a message concerns.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotificationReasons {
    /// The account to whose message it replies.
    pub answers: Option<AccountId>,
    /// Whether it mentions somebody; the message's mentions say whom.
    pub names: bool,
    /// Whether it mentions everybody.
    pub everybody: bool,
}

/// Notifies of a message: first the accounts whom it concerns, then those who want to be notified of every message. No
/// account is notified twice.
pub fn notify_of_message(
    tx: &mut Transaction<'_>,
    event: Event<'_>,
    comment_index: i64,
    reasons: NotificationReasons,
) -> Result<(), StoreError> {
    let Event { conversation, by, message, default } = event;
    let now = tx.now();
    let (kind, actor, id) = (by.kind(), by.account(), by.id());
    let is_open = is_lobby_open(conversation, now);
    if let Some(account) = reasons.answers {
        let params = params![conversation.id, message, now, kind, actor, id, is_open, default, account];
        tx.execute(&NOTIFY_OF_REPLY, params)?;
    }
    for (statement, applies) in
        [(&NOTIFY_OF_MENTION, reasons.names), (&NOTIFY_OF_MENTION_ALL, reasons.everybody)]
    {
        if applies {
            let params = params![conversation.id, message, now, kind, actor, id, is_open, default];
            tx.execute(statement, params)?;
        }
    }
    let statement = match default {
        NotificationLevel::Always => &NOTIFY_OF_MESSAGE_BY_DEFAULT,
        _ => &NOTIFY_OF_MESSAGE,
    };
    let dead = session::dead_since(now);
    tx.execute(statement, params![conversation.id, message, now, kind, actor, id, is_open, dead])?;
    if comment_index % TRIM_EVERY == 0 {
        trim(tx, conversation.id, message)?;
    }
    Ok(())
}

/// Deletes what exceeds [`MAX_LISTED`] of the accounts that were notified of a message (0: that they were added, or of a
/// call) in a conversation.
fn trim(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.execute(&TRIM, params![conversation, message, MAX_LISTED]).map(drop)
}

/// Notifies of a call that has begun, and deletes the notifications of earlier calls.
pub fn notify_of_call(tx: &mut Transaction<'_>, event: Event<'_>) -> Result<(), StoreError> {
    let Event { conversation, by, default, .. } = event;
    tx.execute(&DELETE_CALLS, params![conversation.id])?;
    let now = tx.now();
    let is_open = is_lobby_open(conversation, now);
    let params = params![conversation.id, 0, now, by.kind(), by.account(), by.id(), is_open, default];
    tx.execute(&NOTIFY_OF_CALL, params)?;
    trim(tx, conversation.id, MessageId(0))
}

/// Turns the notifications of a call that has ended into those of a missed call.
pub fn set_call_missed(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    tx.execute(&SET_CALL_MISSED, params![conversation]).map(drop)
}

/// Deletes the notifications of a call that the account has joined.
pub fn delete_calls_of_account(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_CALLS_OF_ACCOUNT, params![conversation, account]).map(drop)
}

/// Deletes the notifications of a conversation that the account has opened and read up to a message (0: none).
pub fn delete_read(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_READ, params![conversation, account, message]).map(drop)
}

/// Deletes the notifications of an account that is no attendee any more.
pub(crate) fn delete_for_attendee(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_FOR_ATTENDEE, params![conversation, account]).map(drop)
}

/// Deletes the notifications of accounts that are no attendees any more.
pub(crate) fn delete_for_attendees(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.execute(&DELETE_FOR_ATTENDEES, params![conversation]).map(drop)
}

/// The notifications of an account, the newest first.
pub fn list_by_account(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<Notification>, StoreError> {
    tx.query(&LIST_BY_ACCOUNT, params![account, MAX_LISTED])
}

/// One notification of an account.
pub fn find(
    tx: &mut Transaction<'_>,
    account: AccountId,
    id: NotificationId,
) -> Result<Option<Notification>, StoreError> {
    tx.query_one(&FIND, params![account, id])
}

/// The mentions in the messages that an account's notifications are about, by message.
pub fn list_mentions(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Mention>, StoreError> {
    tx.query(&LIST_MENTIONS, params![account])
}

/// Deletes one notification of an account.
pub fn delete(tx: &mut Transaction<'_>, account: AccountId, id: NotificationId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![account, id]).map(drop)
}

/// Deletes all notifications of an account.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
