//! Sessions: who is online in a conversation, and who of them is in its call. The count that a conversation keeps of
//! callers is kept here.

use plauder_model::{
    AccountId, AttendeeId, AttendeeKind, CallFlags, ConversationId, SessionKey, Timestamp, Token, session,
};

use super::attendees::{self, Attendee};
use super::conversations;
use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// Somebody's being online in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub key: SessionKey,
    /// Its name on the wire.
    pub session_id: String,
    /// Their flags in the call; 0: not in it.
    pub in_call: i64,
    /// When they were last heard of.
    pub last_ping: Timestamp,
}

/// Somebody in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// What they are.
    pub kind: AttendeeKind,
    /// The account's id; empty for guests.
    pub user_id: String,
    /// Their session.
    pub session: Session,
}

/// Whose calls are ended together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Everybody,
    /// Those of all but moderators.
    NonModerators,
    /// Those of whoever came through the link.
    Passing,
}

/// The columns of a session that goes by the name `s`.
macro_rules! session_columns {
    () => {
        "s.id, s.session_id, s.in_call, s.last_ping"
    };
}
pub(crate) use session_columns;

/// How many columns `session_columns` has.
const COLUMNS: usize = 4;

/// Puts the sessions of some attendees `a` out of the call.
macro_rules! hang_up {
    ($scope:literal) => {
        concat!(
            "UPDATE sessions SET in_call = 0 WHERE conversation_id = $1 AND in_call > 0
             AND attendee_id IN (SELECT a.id FROM attendees a WHERE a.conversation_id = $1 AND ",
            $scope,
            ")"
        )
    };
}

statements! {
    INSERT = "INSERT INTO sessions (conversation_id, attendee_id, session_id, last_ping, in_call) VALUES ($1, $2, $3, $4, 0)";
    OF = concat!("SELECT ", session_columns!(), " FROM sessions s WHERE s.attendee_id = $1 ORDER BY s.id DESC");
    PING = "UPDATE sessions SET last_ping = $1 WHERE attendee_id = $2";
    SET_IN_CALL = "UPDATE sessions SET in_call = $1 WHERE id = $2";
    HANG_UP_EVERYBODY = hang_up!("a.participant_type > 0");
    HANG_UP_NON_MODERATORS = hang_up!("a.participant_type IN (3, 4, 5)");
    HANG_UP_PASSING = hang_up!("a.participant_type IN (4, 5, 6)");
    DELETE = "DELETE FROM sessions WHERE id = $1 RETURNING attendee_id";
    IN_CALL = concat!(
        "SELECT a.kind, p.user_id, ", session_columns!(), " FROM sessions s
         JOIN attendees a ON a.id = s.attendee_id LEFT JOIN accounts p ON p.id = a.account_id
         WHERE s.conversation_id = $1 AND s.in_call > 0 AND s.last_ping > $2 ORDER BY s.id"
    );
    IN_CALL_OF_ACCOUNT = "SELECT c.token FROM attendees a JOIN sessions s ON s.attendee_id = a.id
                          JOIN conversations c ON c.id = a.conversation_id
                          WHERE a.account_id = $1 AND s.in_call > 0 ORDER BY c.id";
    WITH_DEAD = "SELECT c.token FROM conversations c WHERE c.id IN (
                     SELECT s.conversation_id FROM sessions s WHERE s.last_ping <= $1 ORDER BY s.last_ping LIMIT $2)
                 ORDER BY c.id";
    DEAD Exclusive = concat!(
        "SELECT s.attendee_id, ", session_columns!(), " FROM sessions s
         WHERE s.conversation_id = $1 AND s.last_ping <= $2 ORDER BY s.id LIMIT $3"
    );
}

/// Reads the columns of a session that may be missing.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Option<Session>, StoreError> {
    let Some(key) = row.maybe_int()? else {
        row.skip(COLUMNS - 1);
        return Ok(None);
    };
    let key = SessionKey(key);
    Ok(Some(Session { key, session_id: row.text()?, in_call: row.int()?, last_ping: row.int()? }))
}

fn read_present(row: &mut Row<'_>) -> Result<Session, StoreError> {
    read(row)?.ok_or_else(|| StoreError::Impossible("a session without a number".to_owned()))
}

/// Lets somebody be online in a conversation from now on.
pub fn begin(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    seat: AttendeeId,
    session_id: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT, params![conversation, seat, session_id, now])?;
    attendees::pinged(tx, seat)
}

/// The sessions of a seat, the newest first.
pub fn of(tx: &mut Transaction<'_>, seat: AttendeeId) -> Result<Vec<Session>, StoreError> {
    tx.query(&OF, params![seat], read_present)
}

/// Notes that somebody who is online was heard of now. `false` if they are not online.
pub fn ping(tx: &mut Transaction<'_>, seat: &Attendee) -> Result<bool, StoreError> {
    let now = tx.now();
    let is_online = tx.execute(&PING, params![now, seat.id])? > 0;
    if is_online {
        attendees::pinged(tx, seat.id)?;
    }
    Ok(is_online)
}

/// Changes how a session is in the call; `None`: not any more. Gives how many sessions are in it then.
pub fn set_in_call(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    session: &Session,
    flags: Option<CallFlags>,
) -> Result<i64, StoreError> {
    let flags = flags.map_or(0, CallFlags::number);
    tx.execute(&SET_IN_CALL, params![flags, session.key])?;
    let more = i64::from(flags > 0) - i64::from(session.in_call > 0);
    conversations::count_callers(tx, conversation, more)
}

/// Puts many out of the call at once. Gives how many sessions are left in it. That they left is told before, see
/// [`super::messages::insert_calls_left`].
pub fn hang_up(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    scope: Scope,
) -> Result<i64, StoreError> {
    let statement = match scope {
        Scope::Everybody => &HANG_UP_EVERYBODY,
        Scope::NonModerators => &HANG_UP_NON_MODERATORS,
        Scope::Passing => &HANG_UP_PASSING,
    };
    let gone = tx.execute(statement, params![conversation])?;
    conversations::count_callers(tx, conversation, -i64::try_from(gone).unwrap_or(i64::MAX))
}

/// Ends a session, which is in no call.
pub fn end(tx: &mut Transaction<'_>, key: SessionKey) -> Result<(), StoreError> {
    // The session before the seat, as a ping does.
    match tx.query_one(&DELETE, params![key], |row| Ok(AttendeeId(row.int()?)))? {
        Some(seat) => attendees::session_ended(tx, seat),
        None => Ok(()),
    }
}

/// Who is in the call and alive, who came first first.
pub fn in_call(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<Peer>, StoreError> {
    let dead = session::dead_since(tx.now());
    tx.query(&IN_CALL, params![conversation, dead], |row| {
        Ok(Peer {
            kind: attendees::read_kind(row)?,
            user_id: row.maybe_text()?.unwrap_or_default(),
            session: read_present(row)?,
        })
    })
}

/// The conversations in whose call an account is.
pub fn in_call_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Token>, StoreError> {
    tx.query(&IN_CALL_OF_ACCOUNT, params![account], conversations::read_token)
}

/// Conversations in which sessions are dead; those of at most `limit` sessions.
pub fn conversations_with_dead(tx: &mut Transaction<'_>, limit: i64) -> Result<Vec<Token>, StoreError> {
    let dead = session::dead_since(tx.now());
    tx.query(&WITH_DEAD, params![dead, limit], conversations::read_token)
}

/// At most `limit` sessions of a conversation that are dead, and whose they are. None of them is heard of any more before
/// a transaction that may write ends.
pub fn dead(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<(AttendeeId, Session)>, StoreError> {
    let dead = session::dead_since(tx.now());
    tx.query(&DEAD, params![conversation, dead, limit], |row| {
        Ok((AttendeeId(row.int()?), read_present(row)?))
    })
}
