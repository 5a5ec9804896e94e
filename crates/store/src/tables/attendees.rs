//! Attendees: who belongs to a conversation. The counts that a conversation keeps of them are kept here.

use plauder_model::{
    AccountId, AttendeeId, AttendeeKind, CircleKey, ConversationId, EmailAddress, GroupKey, MessageId,
    NotificationLevel, ParticipantType, Timestamp,
};

use super::conversations::{self, Conversation, Seats, conversation_columns};
use super::{circles, containing, groups, guest_names, notifications};
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// Somebody's seat in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Its number.
    pub id: AttendeeId,
    /// What they are.
    pub kind: AttendeeKind,
    /// The account it belongs to; guests and invited addresses have none.
    pub account: Option<AccountId>,
    /// A guest's id, or the address; empty for accounts.
    pub actor_id: String,
    /// What a guest calls themselves; empty for everyone else.
    pub display_name: String,
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
        "a.id, a.kind, a.account_id, a.actor_id, a.display_name, a.participant_type, a.favorite, a.notification_level, \
         a.last_read_message, a.read_ordinal, a.last_mention, a.last_ping"
    };
}
pub(crate) use attendee_columns;

/// Gives every account of the table `$members`, called `m`, whose column `$of` is `$4`, a seat; where `$5` is a group,
/// only those that are in it too.
macro_rules! insert_members {
    ($members:literal, $of:literal) => {
        concat!(
            "INSERT INTO attendees (conversation_id, account_id, participant_type, last_read_message, read_ordinal,
                                    kind, actor_id, display_name, favorite, notification_level, last_mention, last_ping)
             SELECT CAST($1 AS BIGINT), m.account_id, 3, CAST($2 AS BIGINT), CAST($3 AS BIGINT), 'users', '', '',
                    FALSE, 0, 0, 0
             FROM ", $members, " JOIN accounts p ON p.id = m.account_id
             WHERE ", $of, " = $4 AND NOT p.deleted
               AND (CAST($5 AS BIGINT) IS NULL OR EXISTS (
                 SELECT 1 FROM group_members x WHERE x.group_id = $5 AND x.account_id = m.account_id))
               AND NOT EXISTS (SELECT 1 FROM attendees a WHERE a.conversation_id = $1 AND a.account_id = m.account_id)
             ORDER BY p.user_key RETURNING id"
        )
    };
}

/// Accounts that get their seats at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// Those in a group.
    OfGroup(GroupKey),
    /// Those in a circle.
    OfCircle(CircleKey),
}

statements! {
    FIND = concat!("SELECT ", attendee_columns!(), " FROM attendees a WHERE a.conversation_id = $1 AND a.account_id = $2");
    FIND_GUEST = concat!("SELECT ", attendee_columns!(), " FROM attendees a WHERE a.guest_key = $1 AND a.conversation_id = $2");
    FIND_BY_SESSION = concat!(
        "SELECT ", attendee_columns!(), " FROM attendees a
         WHERE a.id = (SELECT s.attendee_id FROM sessions s WHERE s.session_id = $1 AND s.conversation_id = $2)"
    );
    OF = "SELECT id FROM attendees WHERE conversation_id = $1 ORDER BY id";
    FIND_BY_ID = concat!("SELECT ", attendee_columns!(), " FROM attendees a WHERE a.id = $1");
    FIND_ADDRESS = concat!(
        "SELECT ", attendee_columns!(), " FROM attendees a
         WHERE a.conversation_id = $1 AND a.actor_id = $2 AND a.kind = 'emails'"
    );
    IS_GUEST_SOMEWHERE = "SELECT 1 FROM attendees WHERE guest_key = $1 LIMIT 1";
    HAS_OTHER_MEMBERS = "SELECT 1 FROM attendees
                         WHERE conversation_id = $1 AND participant_type IN (1, 2, 3) AND id <> $2 LIMIT 1";
    INSERT = "INSERT INTO attendees (conversation_id, account_id, participant_type, last_read_message, read_ordinal,
                                     kind, actor_id, display_name, favorite, notification_level, last_mention, last_ping)
              VALUES ($1, $2, $3, $4, $5, 'users', '', '', FALSE, 0, 0, 0)";
    INSERT_GROUP = insert_members!("group_members m", "m.group_id");
    INSERT_CIRCLE = insert_members!("circle_members m", "m.circle_id");
    INSERT_GUEST = "INSERT INTO attendees (conversation_id, guest_key, actor_id, participant_type, kind, account_id,
                                           display_name, favorite, notification_level, last_read_message,
                                           read_ordinal, last_mention, last_ping)
                    VALUES ($1, $2, $3, 4, 'guests', NULL, '', FALSE, 0, 0, 0, 0, 0)";
    INSERT_ADDRESS = "INSERT INTO attendees (conversation_id, actor_id, participant_type, kind, account_id,
                                             display_name, favorite, notification_level, last_read_message,
                                             read_ordinal, last_mention, last_ping)
                      VALUES ($1, $2, 4, 'emails', NULL, '', FALSE, 0, 0, 0, 0, 0)";
    SET_ACTOR_ID = "UPDATE attendees SET revision = revision + 1, actor_id = $1 WHERE id = $2";
    SET_NAME = "UPDATE attendees SET revision = revision + 1, display_name = $1 WHERE id = $2";
    PINGED = "UPDATE attendees SET revision = revision + 1, last_ping = $1 WHERE id = $2";
    REVISE = "UPDATE attendees SET revision = revision + 1 WHERE id = $1";
    SET_RANK = "UPDATE attendees SET revision = revision + 1, participant_type = $1 WHERE id = $2";
    SET_MARKER = "UPDATE attendees SET revision = revision + 1, last_read_message = $1, read_ordinal = $2 WHERE id = $3";
    ADVANCE_MARKER = "UPDATE attendees SET revision = revision + 1, last_read_message = $1, read_ordinal = $2
                      WHERE id = $3 AND last_read_message < $1";
    MENTION = "UPDATE attendees SET revision = revision + 1, last_mention = $1 WHERE conversation_id = $2 AND account_id = $3";
    SUGGEST = "SELECT p.user_id, p.display_name FROM attendees a JOIN accounts p ON p.id = a.account_id
               WHERE a.conversation_id = $1 AND a.id <> $2
                 AND (p.user_key LIKE $3 ESCAPE '!' OR p.display_key LIKE $3 ESCAPE '!')
               ORDER BY (p.user_key = $4 OR p.display_key = $4) DESC, p.display_key, p.user_key LIMIT $5";
    GUESTS = "SELECT a.actor_id, a.display_name FROM attendees a
              WHERE a.conversation_id = $1 AND a.id <> $2 AND a.kind = 'guests' ORDER BY a.id LIMIT $3";
    FIND_GUEST_BY_ACTOR = concat!(
        "SELECT ", attendee_columns!(), " FROM attendees a
         WHERE a.conversation_id = $1 AND a.kind = 'guests' AND a.actor_id = $2"
    );
    SET_FAVORITE = "UPDATE attendees SET revision = revision + 1, favorite = $1 WHERE id = $2";
    SET_NOTIFICATION_LEVEL = "UPDATE attendees SET revision = revision + 1, notification_level = $1 WHERE id = $2";
    DELETE = "DELETE FROM attendees WHERE id = $1";
    DELETE_SELF_JOINED = "DELETE FROM attendees WHERE conversation_id = $1 AND participant_type = 5";
    DELETE_GUESTS = "DELETE FROM attendees WHERE conversation_id = $1 AND kind = 'guests'";
    DELETE_ADDRESSES = "DELETE FROM attendees WHERE conversation_id = $1 AND kind = 'emails'";
    SUCCESSORS = concat!(
        "SELECT ", conversation_columns!(), ", ", attendee_columns!(), "
         FROM attendees own
         JOIN conversations c ON c.id = own.conversation_id
         JOIN attendees a ON a.id = (
             SELECT x.id FROM attendees x JOIN accounts p ON p.id = x.account_id
             WHERE x.conversation_id = own.conversation_id AND x.participant_type = 3 AND x.account_id <> own.account_id
             ORDER BY p.enabled DESC, x.id LIMIT 1)
         WHERE own.account_id = $1 AND c.type IN (2, 3)
           AND c.moderators = CASE WHEN own.participant_type IN (1, 2) THEN 1 ELSE 0 END
         ORDER BY c.id"
    );
    DELETE_OF_ACCOUNT = "DELETE FROM attendees WHERE account_id = $1";
}

/// Reads what an attendee is.
pub(crate) fn read_kind(row: &mut Row<'_>) -> Result<AttendeeKind, StoreError> {
    let kind = row.text()?;
    AttendeeKind::from_name(&kind)
        .ok_or_else(|| StoreError::Impossible(format!("an attendee of kind {kind}")))
}

/// Reads the columns of an attendee.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Attendee, StoreError> {
    Ok(Attendee {
        id: AttendeeId(row.int()?),
        kind: read_kind(row)?,
        account: row.maybe_int()?.map(AccountId),
        actor_id: row.text()?,
        display_name: row.text()?,
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

/// The seat of a guest by the hash of their cookie.
pub fn find_guest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    guest_key: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_GUEST, params![guest_key, conversation], read)
}

/// The seat with this number.
pub fn find_by_id(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id], read)
}

/// The numbers of all seats in a conversation, the lowest first.
pub fn of(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<AttendeeId>, StoreError> {
    tx.query(&OF, params![conversation], |row| Ok(AttendeeId(row.int()?)))
}

/// The seat of whoever is online in a conversation with this session.
pub fn find_by_session(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    session_id: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_BY_SESSION, params![session_id, conversation], read)
}

/// The seat of an address that was invited.
pub fn find_address(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    address: &EmailAddress,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_ADDRESS, params![conversation, address.as_str()], read)
}

/// Whether somebody with this cookie is a guest in any conversation.
pub fn is_guest_somewhere(tx: &mut Transaction<'_>, guest_key: &str) -> Result<bool, StoreError> {
    Ok(tx.query_one(&IS_GUEST_SOMEWHERE, params![guest_key], |_| Ok(()))?.is_some())
}

/// Whether anybody but `seat` belongs to a conversation for longer than they are online.
pub fn has_other_members(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: &Attendee,
) -> Result<bool, StoreError> {
    Ok(tx.query_one(&HAS_OTHER_MEMBERS, params![conversation, seat.id], |_| Ok(()))?.is_some())
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
    let moderators = i64::from(rank.is_signed_in_moderator());
    conversations::count_seats(tx, conversation.id, Seats { accounts: 1, moderators, ..Seats::default() })
}

/// Gives a guest a seat, by the hash of their cookie.
pub fn insert_guest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    guest_key: &str,
    actor_id: &str,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_GUEST, params![conversation, guest_key, actor_id])?;
    conversations::count_seats(tx, conversation, Seats { guests: 1, ..Seats::default() })
}

/// Gives an address that was invited a seat.
pub fn insert_address(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    address: &EmailAddress,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_ADDRESS, params![conversation, address.as_str()]).map(drop)
}

/// Gives a guest another id.
pub fn set_actor_id(tx: &mut Transaction<'_>, seat: &Attendee, actor_id: &str) -> Result<(), StoreError> {
    tx.execute(&SET_ACTOR_ID, params![actor_id, seat.id])?;
    if seat.display_name.is_empty() { Ok(()) } else { guest_names::keep(tx, seat.id) }
}

/// Gives a guest another name, also in what they said before under the id that they have now.
pub fn set_name(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: AttendeeId,
    name: &str,
) -> Result<(), StoreError> {
    tx.execute(&SET_NAME, params![name, id])?;
    guest_names::keep(tx, id)?;
    conversations::revise(tx, conversation)
}

/// Notes that somebody is online now.
pub(crate) fn pinged(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&PINGED, params![now, id]).map(drop)
}

/// Notes that a session of a seat ended.
pub(crate) fn session_ended(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<(), StoreError> {
    tx.execute(&REVISE, params![id]).map(drop)
}

/// Gives everybody of `members` who has no seat one as a user; where there is a group `among`, only who is in it too.
/// They have read everything that was there before. Gives the first of the new seats; all later ones of the
/// conversation are new too.
pub fn insert_members(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    members: Members,
    among: Option<GroupKey>,
) -> Result<Option<AttendeeId>, StoreError> {
    let (statement, of) = match members {
        Members::OfGroup(group) => {
            groups::hold_members(tx, group)?;
            (&INSERT_GROUP, group.0)
        }
        Members::OfCircle(circle) => {
            circles::hold_members(tx, circle)?;
            (&INSERT_CIRCLE, circle.0)
        }
    };
    let params = params![conversation.id, conversation.last_message, conversation.written, of, among];
    let added = tx.query(statement, params, |row| Ok(AttendeeId(row.int()?)))?;
    let accounts = i64::try_from(added.len()).unwrap_or(i64::MAX);
    conversations::count_seats(tx, conversation.id, Seats { accounts, ..Seats::default() })?;
    Ok(added.into_iter().min())
}

/// Gives somebody another rank.
pub fn set_rank(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: &Attendee,
    rank: ParticipantType,
) -> Result<(), StoreError> {
    tx.execute(&SET_RANK, params![rank.number(), seat.id])?;
    let moderators = i64::from(rank.is_signed_in_moderator()) - i64::from(seat.rank.is_signed_in_moderator());
    let demoted = seat.rank.is_moderator() && !rank.is_moderator();
    conversations::count_seats(tx, conversation, Seats { moderators, demoted, ..Seats::default() })
}

/// Notes what somebody has read: everything up to a message, which is so many of those that people wrote.
pub fn set_marker(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    message: MessageId,
    ordinal: i64,
) -> Result<(), StoreError> {
    tx.execute(&SET_MARKER, params![message, ordinal, id]).map(drop)
}

/// The same, but only forwards.
pub fn advance_marker(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    message: MessageId,
    ordinal: i64,
) -> Result<(), StoreError> {
    tx.execute(&ADVANCE_MARKER, params![message, ordinal, id]).map(drop)
}

/// Notes that a message mentions an account, if it has a seat.
pub fn mention(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.execute(&MENTION, params![message, conversation, account]).map(drop)
}

/// Accounts in a conversation whose id or name holds `part`, but for whoever has the seat `but`: ids and names, at most
/// `limit` of them, who is called just so first.
pub fn suggest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    but: AttendeeId,
    part: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let (pattern, key) = (containing(part), part.to_lowercase());
    tx.query(&SUGGEST, params![conversation, but, &pattern, &key, limit], read_two_texts)
}

/// Guests in a conversation, but for whoever has the seat `but`: ids and names, at most `limit` of them.
pub fn guests(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    but: AttendeeId,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(&GUESTS, params![conversation, but, limit], read_two_texts)
}

fn read_two_texts(row: &mut Row<'_>) -> Result<(String, String), StoreError> {
    Ok((row.text()?, row.text()?))
}

/// The seat of the guest with this id.
pub fn find_guest_by_actor(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    actor_id: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_GUEST_BY_ACTOR, params![conversation, actor_id], read)
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

/// Takes somebody's seat, their sessions, which are in no call, and what they were told of there.
pub fn delete(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: &Attendee,
) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![seat.id])?;
    if let Some(account) = seat.account {
        notifications::seat_is_gone(tx, conversation, account)?;
    }
    let one_less = match seat.kind {
        AttendeeKind::Account => {
            let moderators = -i64::from(seat.rank.is_signed_in_moderator());
            Seats { accounts: -1, moderators, ..Seats::default() }
        }
        AttendeeKind::Guest => Seats { guests: -1, ..Seats::default() },
        AttendeeKind::Address => return Ok(()),
    };
    conversations::count_seats(tx, conversation, one_less)
}

/// Takes the seats of everybody who came through the link or could: guests, invited addresses, and accounts that
/// joined by themselves. None of them is in a call.
pub fn delete_passing(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    let mut gone = |statement, params: &[_]| {
        let rows = tx.execute(statement, params)?;
        Ok::<_, StoreError>(i64::try_from(rows).unwrap_or(i64::MAX))
    };
    let accounts = -gone(&DELETE_SELF_JOINED, params![conversation])?;
    let guests = -gone(&DELETE_GUESTS, params![conversation])?;
    gone(&DELETE_ADDRESSES, params![conversation])?;
    if accounts < 0 {
        notifications::seats_are_gone(tx, conversation)?;
    }
    conversations::count_seats(tx, conversation, Seats { accounts, guests, ..Seats::default() })
}

/// The group and public conversations of an account in which nobody else is an owner or moderator, each with the user who
/// has been in it longest; one who can sign in comes before one who cannot.
pub fn list_successors(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<(Conversation, Attendee)>, StoreError> {
    tx.query(&SUCCESSORS, params![account], |row| Ok((conversations::read(row)?, read(row)?)))
}

/// Takes all seats of an account, which are told of by [`super::messages::insert_account_left`] before. The
/// conversations have to be locked, see [`conversations::lock_of_account`].
pub fn delete_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    conversations::account_leaves_all(tx, account)?;
    notifications::delete_all(tx, account)?;
    tx.execute(&DELETE_OF_ACCOUNT, params![account]).map(drop)
}
