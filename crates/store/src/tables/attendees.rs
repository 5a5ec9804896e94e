//! Attendees: who belongs to a conversation. The counts that a conversation keeps of them are kept here.

use plauder_model::{
    AccountId, AttendeeId, ConversationId, GroupKey, MessageId, NotificationLevel, ParticipantType, Timestamp,
};

use super::conversations::{self, Conversation};
use super::groups;
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// Somebody's seat in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Its number.
    pub id: AttendeeId,
    /// The account it belongs to; guests and invited addresses have none.
    pub account: Option<AccountId>,
    /// The rank.
    pub rank: ParticipantType,
    /// Whether it is one of their favourites.
    pub favorite: bool,
    /// What they want to be told of.
    pub notification_level: NotificationLevel,
    /// The last message that they have read; 0: none.
    pub last_read_message: MessageId,
    /// How many of the written messages they have read.
    pub read_ordinal: i64,
    /// The last message that mentions them; 0: none.
    pub last_mention: MessageId,
    /// When they were last online; 0: never.
    pub last_ping: Timestamp,
}

/// The columns of an attendee that goes by the name `a`.
macro_rules! attendee_columns {
    () => {
        "a.id, a.account_id, a.participant_type, a.favorite, a.notification_level, a.last_read_message, \
         a.read_ordinal, a.last_mention, a.last_ping"
    };
}
pub(crate) use attendee_columns;

statements! {
    FIND = concat!("SELECT ", attendee_columns!(), " FROM attendees a WHERE a.conversation_id = $1 AND a.account_id = $2");
    INSERT = "INSERT INTO attendees (conversation_id, account_id, participant_type, last_read_message, read_ordinal,
                                     kind, actor_id, display_name, favorite, notification_level, last_mention, last_ping)
              VALUES ($1, $2, $3, $4, $5, 'users', '', '', FALSE, 0, 0, 0)";
    INSERT_MEMBERS = "INSERT INTO attendees (conversation_id, account_id, participant_type, last_read_message,
                                             read_ordinal, kind, actor_id, display_name, favorite,
                                             notification_level, last_mention, last_ping)
                      SELECT CAST($1 AS BIGINT), m.account_id, 3, CAST($2 AS BIGINT), CAST($3 AS BIGINT), 'users', '',
                             '', FALSE, 0, 0, 0
                      FROM group_members m JOIN accounts p ON p.id = m.account_id
                      WHERE m.group_id = $4 AND NOT p.deleted
                        AND EXISTS (SELECT 1 FROM group_members x WHERE x.group_id = $5 AND x.account_id = m.account_id)
                        AND NOT EXISTS (
                          SELECT 1 FROM attendees a WHERE a.conversation_id = $1 AND a.account_id = m.account_id)
                      ORDER BY p.user_key RETURNING id";
    SET_RANK = "UPDATE attendees SET participant_type = $1 WHERE id = $2";
    SET_FAVORITE = "UPDATE attendees SET favorite = $1 WHERE id = $2";
    SET_NOTIFICATION_LEVEL = "UPDATE attendees SET notification_level = $1 WHERE id = $2";
    DELETE = "DELETE FROM attendees WHERE id = $1";
    DELETE_SELF_JOINED = "DELETE FROM attendees WHERE conversation_id = $1 AND participant_type = 5";
    DELETE_GUESTS = "DELETE FROM attendees WHERE conversation_id = $1 AND participant_type IN (4, 6)";
    DELETE_OF_ACCOUNT = "DELETE FROM attendees WHERE account_id = $1";
}

/// Reads the columns of an attendee.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Attendee, StoreError> {
    Ok(Attendee {
        id: AttendeeId(row.int()?),
        account: row.maybe_int()?.map(AccountId),
        rank: row.number(ParticipantType::from_number)?,
        favorite: row.bool()?,
        notification_level: row.number(NotificationLevel::from_number)?,
        last_read_message: MessageId(row.int()?),
        read_ordinal: row.int()?,
        last_mention: MessageId(row.int()?),
        last_ping: row.int()?,
    })
}

/// The seat of an account in a conversation.
pub fn find(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND, params![conversation, account], read)
}

/// Gives an account a seat. It has read everything that was there before.
pub fn insert(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    account: AccountId,
    rank: ParticipantType,
) -> Result<(), StoreError> {
    let read_up_to = conversation.last_message;
    let params = params![conversation.id, account, rank.number(), read_up_to, conversation.written];
    tx.execute(&INSERT, params)?;
    conversations::count_seats(tx, conversation.id, 1, i64::from(rank.is_signed_in_moderator()))
}

/// Gives every member of a group who is in the group `among` too, and has no seat, one as a user. They have read everything that was there before. Gives
/// the first of the new seats; all later ones of the conversation are new too.
pub fn insert_members(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    group: GroupKey,
    among: GroupKey,
) -> Result<Option<AttendeeId>, StoreError> {
    groups::hold_members(tx, group)?;
    let params = params![conversation.id, conversation.last_message, conversation.written, group, among];
    let added = tx.query(&INSERT_MEMBERS, params, |row| Ok(AttendeeId(row.int()?)))?;
    conversations::count_seats(tx, conversation.id, i64::try_from(added.len()).unwrap_or(i64::MAX), 0)?;
    Ok(added.into_iter().min())
}

/// Gives somebody with an account another rank.
pub fn set_rank(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: &Attendee,
    rank: ParticipantType,
) -> Result<(), StoreError> {
    tx.execute(&SET_RANK, params![rank.number(), seat.id])?;
    let moderators = i64::from(rank.is_signed_in_moderator()) - i64::from(seat.rank.is_signed_in_moderator());
    conversations::count_seats(tx, conversation, 0, moderators)
}

/// Makes it a favourite, or not any more.
pub fn set_favorite(tx: &mut Transaction<'_>, id: AttendeeId, favorite: bool) -> Result<(), StoreError> {
    tx.execute(&SET_FAVORITE, params![favorite, id]).map(drop)
}

/// Changes what they want to be told of.
pub fn set_notification_level(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    level: NotificationLevel,
) -> Result<(), StoreError> {
    tx.execute(&SET_NOTIFICATION_LEVEL, params![level.number(), id]).map(drop)
}

/// Takes the seat of an account, and its sessions.
pub fn delete(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: &Attendee,
) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![seat.id])?;
    conversations::count_seats(tx, conversation, -1, -i64::from(seat.rank.is_signed_in_moderator()))
}

/// Takes the seats of everybody who came through the link: guests, and accounts that joined by themselves.
pub fn delete_passing(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    let accounts = tx.execute(&DELETE_SELF_JOINED, params![conversation])?;
    tx.execute(&DELETE_GUESTS, params![conversation])?;
    conversations::count_seats(tx, conversation, -i64::try_from(accounts).unwrap_or(i64::MAX), 0)?;
    conversations::no_guests(tx, conversation)
}

/// Takes all seats of an account, which are told of by [`super::messages::insert_account_left`] before. The
/// conversations have to be locked, see [`conversations::lock_of_account`].
pub fn delete_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    conversations::account_leaves_all(tx, account)?;
    tx.execute(&DELETE_OF_ACCOUNT, params![account]).map(drop)
}
