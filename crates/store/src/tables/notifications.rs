//! What accounts are told of until they have seen it. Many are told with one statement, however many they are: those
//! who have a seat, did not do it themselves and are not kept by the lobby.

use plauder_model::{
    AccountId, AttendeeId, ConversationId, MessageId, NotificationId, NotificationKind, NotificationLevel,
    ParticipantType, Timestamp, session,
};

use super::attendees::{self, Attendee, attendee_columns};
use super::conversations::{self, Conversation, conversation_columns};
use super::guest_names::guest_name;
use super::memberships::{self, Partner};
use super::message_names::{self, KeptName};
use super::messages::{self, Message, Party, Who, WhoColumns, message_columns};
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// How many of an account are kept and shown, the newest.
pub const MOST: i64 = 200;

/// At every which message of a conversation those who were told of it lose what is too old.
const TRIM_EVERY: i64 = 20;

/// Something that an account is told of.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Its number.
    pub id: NotificationId,
    /// What it is.
    pub kind: NotificationKind,
    /// When it came.
    pub created_at: Timestamp,
    /// Who did it.
    pub actor: Party,
    /// Where.
    pub conversation: Conversation,
    /// The seat of who is told.
    pub seat: Attendee,
    /// In a one-to-one conversation, the other one.
    pub partner: Option<Partner>,
    /// The message that it is about.
    pub message: Option<Message>,
}

/// Something that happens, of which accounts may have to be told.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Where; has to be locked.
    pub conversation: &'a Conversation,
    /// Who does it: they are not told.
    pub by: Who<'a>,
    /// The message; 0: none.
    pub message: MessageId,
    /// What people of this conversation are told of who did not choose.
    pub default: NotificationLevel,
}

/// Tells attendees `a` of a message or call.
macro_rules! tell {
    ($kind:literal, $whom:expr) => {
        concat!(
            "INSERT INTO notifications (conversation_id, message_id, created_at, actor_kind, actor_account, actor_id,
                                        account_id, kind)
             SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT),
                    CAST($6 AS TEXT), a.account_id, '", $kind, "'
             FROM attendees a
             WHERE a.conversation_id = $1 AND a.kind = 'users' AND a.participant_type <= $7
               AND (CAST($5 AS BIGINT) IS NULL OR a.account_id <> $5) AND ", $whom
        )
    };
}

/// The same, of who wants to be told of what concerns them, and was not told of this message already.
macro_rules! tell_concerned {
    ($kind:literal, $whom:expr) => {
        tell!(
            $kind,
            concat!(
                "CASE a.notification_level WHEN 0 THEN CAST($8 AS BIGINT) ELSE a.notification_level END <> 3
                 AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.conversation_id = $1
                                 AND n.account_id = a.account_id AND n.message_id = $2)",
                $whom
            )
        )
    };
}

/// The same, of who wants to be told of everything and is not there.
macro_rules! tell_all {
    ($level:literal) => {
        tell!(
            "message",
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
    ($whom:literal) => {
        concat!(
            "INSERT INTO notifications (conversation_id, created_at, actor_account, account_id, message_id, actor_kind,
                                        actor_id, kind)
             SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), a.account_id, 0, 'users', '', 'invitation'
             FROM attendees a
             WHERE a.conversation_id = $1 AND a.kind = 'users' AND a.account_id <> $3 AND ", $whom
        )
    };
}

/// What accounts are told of, with everything that is needed to show it.
macro_rules! notifications {
    ($where:literal) => {
        concat!(
            "SELECT n.id, n.kind, n.created_at, n.actor_kind, n.actor_account, n.actor_id, ", guest_name!("n", "actor_kind", "actor_id"), ", na.user_id,
                    na.display_name, na.deleted, ", conversation_columns!(), ", ", attendee_columns!(), ",
                    p.user_id, p.display_name, p.deleted, ", message_columns!(), "
             FROM notifications n
             JOIN conversations c ON c.id = n.conversation_id
             JOIN attendees a ON a.conversation_id = n.conversation_id AND a.account_id = n.account_id
             LEFT JOIN accounts na ON na.id = n.actor_account
             LEFT JOIN accounts p ON p.id = CASE WHEN c.pair_low = a.account_id THEN c.pair_high ELSE c.pair_low END
             LEFT JOIN messages m ON m.id = n.message_id AND m.conversation_id = n.conversation_id
             LEFT JOIN accounts ma ON ma.id = m.actor_account
             LEFT JOIN accounts ms ON ms.id = m.subject_account
             WHERE n.account_id = $1 AND ", $where
        )
    };
}

statements! {
    INVITE = invite!("a.account_id = $4");
    INVITE_MEMBERS = invite!("a.id >= $4");
    REPLY = tell_concerned!("reply", " AND a.account_id = $9");
    MENTION = tell_concerned!("mention", " AND a.account_id IN (
        SELECT x.account_id FROM message_names x WHERE x.conversation_id = $1 AND x.message_id = $2)");
    MENTION_ALL = tell_concerned!("mention_all", "");
    MESSAGE = tell_all!("a.notification_level = 1");
    MESSAGE_BY_DEFAULT = tell_all!("a.notification_level IN (0, 1)");
    CALL = tell!("call", "CASE a.notification_level WHEN 0 THEN CAST($8 AS BIGINT) ELSE a.notification_level END <> 3
        AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.attendee_id = a.id AND s.in_call > 0)");
    FORGET_CALLS = "DELETE FROM notifications WHERE conversation_id = $1 AND kind IN ('call', 'missed_call')";
    CALL_IS_OVER = "UPDATE notifications SET kind = 'missed_call' WHERE conversation_id = $1 AND kind = 'call'";
    CALL_IS_JOINED = "DELETE FROM notifications
                      WHERE conversation_id = $1 AND account_id = $2 AND kind IN ('call', 'missed_call')";
    READ_UP_TO = "DELETE FROM notifications
                  WHERE conversation_id = $1 AND account_id = $2 AND message_id <= $3
                    AND kind NOT IN ('call', 'missed_call')";
    SEAT_IS_GONE = "DELETE FROM notifications WHERE conversation_id = $1 AND account_id = $2";
    SEATS_ARE_GONE = "DELETE FROM notifications WHERE conversation_id = $1 AND account_id NOT IN (
                          SELECT a.account_id FROM attendees a
                          WHERE a.conversation_id = $1 AND a.account_id IS NOT NULL)";
    TRIM = "DELETE FROM notifications WHERE id IN (
                SELECT o.id FROM notifications n JOIN notifications o ON o.account_id = n.account_id
                WHERE n.conversation_id = $1 AND n.message_id = $2
                  AND o.id <= (SELECT x.id FROM notifications x WHERE x.account_id = n.account_id
                               ORDER BY x.id DESC LIMIT 1 OFFSET $3))";
    OF = notifications!("n.id > 0 ORDER BY n.id DESC LIMIT $2");
    ONE = notifications!("n.id = $2");
    NAMES = concat!("SELECT x.message_id, x.placeholder, x.kind, x.account_id, x.other_id, ", guest_name!("x", "kind", "other_id"), ", p.user_id, p.display_name,
                    p.deleted
             FROM (SELECT DISTINCT n.conversation_id AS conversation_id, n.message_id AS message_id
                   FROM notifications n WHERE n.account_id = $1 AND n.message_id > 0) t
             JOIN message_names x ON x.conversation_id = t.conversation_id AND x.message_id = t.message_id
             LEFT JOIN accounts p ON p.id = x.account_id
             ORDER BY x.message_id, x.position");
    IDS = "SELECT id FROM notifications WHERE account_id = $1 ORDER BY id DESC LIMIT $2";
    DELETE = "DELETE FROM notifications WHERE account_id = $1 AND id = $2";
    DELETE_ALL = "DELETE FROM notifications WHERE account_id = $1";
}

/// The highest number of a rank that the lobby does not keep waiting now.
fn beyond_lobby(conversation: &Conversation, now: Timestamp) -> i64 {
    if conversation.keeps_waiting(ParticipantType::User, now) {
        ParticipantType::Moderator.number()
    } else {
        ParticipantType::GuestModerator.number()
    }
}

/// Tells an account that `by` gave it its seat.
pub fn invite(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    by: AccountId,
    account: AccountId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INVITE, params![conversation, now, by, account]).map(drop)
}

/// Tells everybody who has a seat from `first` on that `by` gave it to them, see [`attendees::insert_members`].
pub fn invite_members(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    by: AccountId,
    first: AttendeeId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INVITE_MEMBERS, params![conversation, now, by, first]).map(drop)
}

/// What is told of a message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Concerns {
    /// The account whose message it answers.
    pub answers: Option<AccountId>,
    /// Whether it names somebody; who is in the message's names.
    pub names: bool,
    /// Whether it mentions everybody.
    pub everybody: bool,
}

/// Tells of a message: first those whom it concerns, then those who want to be told of everything. Nobody twice.
pub fn tell_of_message(
    tx: &mut Transaction<'_>,
    event: Event<'_>,
    ordinal: i64,
    concerns: Concerns,
) -> Result<(), StoreError> {
    let Event { conversation, by, message, default } = event;
    let now = tx.now();
    let by = WhoColumns::of(Some(by));
    let rank = beyond_lobby(conversation, now);
    let level = default.number();
    if let Some(account) = concerns.answers {
        let params = params![conversation.id, message, now, by.kind, by.account, by.id, rank, level, account];
        tx.execute(&REPLY, params)?;
    }
    for (statement, wanted) in [(&MENTION, concerns.names), (&MENTION_ALL, concerns.everybody)] {
        if wanted {
            let params = params![conversation.id, message, now, by.kind, by.account, by.id, rank, level];
            tx.execute(statement, params)?;
        }
    }
    let of_all = match default {
        NotificationLevel::Always => &MESSAGE_BY_DEFAULT,
        _ => &MESSAGE,
    };
    let dead = session::dead_since(now);
    tx.execute(of_all, params![conversation.id, message, now, by.kind, by.account, by.id, rank, dead])?;
    if ordinal % TRIM_EVERY == 0 {
        tx.execute(&TRIM, params![conversation.id, message, MOST])?;
    }
    Ok(())
}

/// Tells of a call that has begun. Of earlier ones nobody is told any more.
pub fn tell_of_call(tx: &mut Transaction<'_>, event: Event<'_>) -> Result<(), StoreError> {
    let Event { conversation, by, default, .. } = event;
    tx.execute(&FORGET_CALLS, params![conversation.id])?;
    let now = tx.now();
    let by = WhoColumns::of(Some(by));
    let (rank, level) = (beyond_lobby(conversation, now), default.number());
    let params = params![conversation.id, 0, now, by.kind, by.account, by.id, rank, level];
    tx.execute(&CALL, params).map(drop)
}

/// The call is over: who is still told of it missed it.
pub fn call_is_over(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    tx.execute(&CALL_IS_OVER, params![conversation]).map(drop)
}

/// An account is in the call, and has not to be told of it any more.
pub fn call_is_joined(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&CALL_IS_JOINED, params![conversation, account]).map(drop)
}

/// An account has been in a conversation and has read it up to a message (0: nothing of it).
pub fn read_up_to(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.execute(&READ_UP_TO, params![conversation, account, message]).map(drop)
}

/// An account has no seat any more.
pub(crate) fn seat_is_gone(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<(), StoreError> {
    tx.execute(&SEAT_IS_GONE, params![conversation, account]).map(drop)
}

/// Some accounts have no seats any more.
pub(crate) fn seats_are_gone(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.execute(&SEATS_ARE_GONE, params![conversation]).map(drop)
}

fn read(row: &mut Row<'_>) -> Result<Notification, StoreError> {
    let id = NotificationId(row.int()?);
    let kind = row.text()?;
    let kind = NotificationKind::from_name(&kind)
        .ok_or_else(|| StoreError::Impossible(format!("a notification of kind {kind}")))?;
    Ok(Notification {
        id,
        kind,
        created_at: row.int()?,
        actor: messages::read_party(row)?,
        conversation: conversations::read(row)?,
        seat: attendees::read(row)?,
        partner: memberships::read_partner(row)?,
        message: messages::read(row)?,
    })
}

/// What an account is told of, the newest first.
pub fn of(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Notification>, StoreError> {
    tx.query(&OF, params![account, MOST], read)
}

/// One thing that an account is told of.
pub fn find(
    tx: &mut Transaction<'_>,
    account: AccountId,
    id: NotificationId,
) -> Result<Option<Notification>, StoreError> {
    tx.query_one(&ONE, params![account, id], read)
}

/// The names that belong to the messages that an account is told of, by message.
pub fn names(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<KeptName>, StoreError> {
    tx.query(&NAMES, params![account], message_names::read)
}

/// The numbers of what an account is told of, the newest first.
pub fn ids(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<NotificationId>, StoreError> {
    tx.query(&IDS, params![account, MOST], |row| Ok(NotificationId(row.int()?)))
}

/// Forgets one thing that an account is told of.
pub fn delete(tx: &mut Transaction<'_>, account: AccountId, id: NotificationId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![account, id]).map(drop)
}

/// Forgets everything that an account is told of.
pub fn delete_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DELETE_ALL, params![account]).map(drop)
}
