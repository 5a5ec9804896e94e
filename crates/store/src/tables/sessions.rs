//! Sessions: which attendees are online in a conversation, and which of them are in its call. This file also maintains
//! the count of sessions in the call, which the conversation holds.

use plauder_model::{
    AccountId, Actor, ActorKind, AttendeeId, CallFlags, ConversationId, SessionKey, Timestamp, Token, session,
};

use super::attendees::{self, Attendee};
use super::conversations;
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A session: an attendee is online.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Session {
        /// The number of the session.
        pub key: SessionKey = "id",
        /// The id of the session on the wire.
        pub session_id: String,
        /// The flags in the call; 0: not in the call.
        pub in_call: i64,
        /// When the client last sent a sign of life.
        pub last_ping: Timestamp,
    }
}

/// A participant of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Who they are.
    pub actor: Actor,
    /// Their session.
    pub session: Session,
}

/// Whose sessions leave the call together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All sessions.
    Everybody,
    /// Those of all participants but moderators.
    NonModerators,
    /// Those of guests and of accounts that joined by the link.
    Transient,
}

/// Takes the sessions of some attendees `a` out of the call.
macro_rules! remove_from_call {
    ($attendees:literal) => {
        concat!(
            "UPDATE sessions SET in_call = 0 WHERE conversation_id = $1 AND in_call > 0
             AND attendee_id IN (SELECT a.id FROM attendees a WHERE a.conversation_id = $1",
            $attendees,
            ")"
        )
    };
}

statements! {
    INSERT = "INSERT INTO sessions (conversation_id, attendee_id, session_id, last_ping, in_call) VALUES ($1, $2, $3, $4, 0)";
    LIST_BY_ATTENDEE = "SELECT {Session s} FROM sessions s WHERE s.attendee_id = $1 ORDER BY s.id DESC";
    PING = "UPDATE sessions SET last_ping = $1 WHERE attendee_id = $2";
    SET_IN_CALL = "UPDATE sessions SET in_call = $1 WHERE id = $2";
    LEAVE_CALL_EVERYBODY = remove_from_call!("");
    LEAVE_CALL_NON_MODERATORS = remove_from_call!(" AND a.participant_type IN {non_moderators}");
    LEAVE_CALL_TRANSIENT = remove_from_call!(" AND a.participant_type IN {transient}");
    DELETE = "DELETE FROM sessions WHERE id = $1 RETURNING attendee_id";
    LIST_IN_CALL = "SELECT a.kind, COALESCE(p.user_id, a.actor_id), {Session s} FROM sessions s
                    JOIN attendees a ON a.id = s.attendee_id LEFT JOIN accounts p ON p.id = a.account_id
                    WHERE s.conversation_id = $1 AND s.in_call > 0 AND s.last_ping > $2 ORDER BY s.id";
    LIST_IN_CALL_BY_ACCOUNT = "SELECT c.token FROM attendees a JOIN sessions s ON s.attendee_id = a.id
                               JOIN conversations c ON c.id = a.conversation_id
                               WHERE a.account_id = $1 AND s.in_call > 0 ORDER BY c.id";
    LIST_CONVERSATIONS_WITH_DEAD = "SELECT c.token FROM conversations c WHERE c.id IN (
                                        SELECT s.conversation_id FROM sessions s WHERE s.last_ping <= $1 ORDER BY s.last_ping LIMIT $2)
                                    ORDER BY c.id";
    LIST_DEAD Update = "SELECT s.attendee_id, {Session s} FROM sessions s
                           WHERE s.conversation_id = $1 AND s.last_ping <= $2 ORDER BY s.id LIMIT $3";
}

/// Begins a session of an attendee.
pub fn insert(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    attendee: AttendeeId,
    session_id: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT, params![conversation, attendee, session_id, now])?;
    attendees::record_ping(tx, attendee)
}

/// The sessions of an attendee, the newest first.
pub fn list_by_attendee(tx: &mut Transaction<'_>, attendee: AttendeeId) -> Result<Vec<Session>, StoreError> {
    tx.query(&LIST_BY_ATTENDEE, params![attendee])
}

/// Records a sign of life from an attendee's client. `false` if the attendee has no session.
pub fn ping(tx: &mut Transaction<'_>, attendee: &Attendee) -> Result<bool, StoreError> {
    let now = tx.now();
    let is_online = tx.execute(&PING, params![now, attendee.id])? > 0;
    if is_online {
        attendees::record_ping(tx, attendee.id)?;
    }
    Ok(is_online)
}

/// Changes the flags of a session in the call; `None`: it leaves. Returns the number of sessions in the call.
pub fn set_in_call(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    session: &Session,
    flags: Option<CallFlags>,
) -> Result<i64, StoreError> {
    let flags = flags.map_or(0, CallFlags::number);
    tx.execute(&SET_IN_CALL, params![flags, session.key])?;
    let difference = i64::from(flags > 0) - i64::from(session.in_call > 0);
    conversations::count_sessions_in_call(tx, conversation, difference)
}

/// Takes many sessions out of the call at once, and returns the number of those that are left in it. The caller writes
/// their messages before, see [`super::messages::insert_calls_left`].
pub fn leave_call(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    scope: Scope,
) -> Result<i64, StoreError> {
    let statement = match scope {
        Scope::Everybody => &LEAVE_CALL_EVERYBODY,
        Scope::NonModerators => &LEAVE_CALL_NON_MODERATORS,
        Scope::Transient => &LEAVE_CALL_TRANSIENT,
    };
    let removed = tx.execute(statement, params![conversation])?;
    conversations::count_sessions_in_call(tx, conversation, -i64::try_from(removed).unwrap_or(i64::MAX))
}

/// Ends a session that is not in the call.
pub fn delete(tx: &mut Transaction<'_>, key: SessionKey) -> Result<(), StoreError> {
    // The session is locked before the attendee, in the same order as by a ping.
    match tx.query_one(&DELETE, params![key])? {
        Some(attendee) => attendees::record_session_end(tx, attendee),
        None => Ok(()),
    }
}

/// The participants of the call whose sessions are alive, in the order in which the sessions began.
pub fn list_in_call(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<Peer>, StoreError> {
    let dead = session::dead_since(tx.now());
    let peers: Vec<((ActorKind, String), Session)> = tx.query(&LIST_IN_CALL, params![conversation, dead])?;
    let peer = |((kind, id), session)| Peer { actor: Actor { kind, id }, session };
    Ok(peers.into_iter().map(peer).collect())
}

/// The conversations in whose call an account has a session.
pub fn list_in_call_by_account(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<Token>, StoreError> {
    tx.query(&LIST_IN_CALL_BY_ACCOUNT, params![account])
}

/// The conversations of at most `limit` sessions that are dead.
pub fn conversations_with_dead(tx: &mut Transaction<'_>, limit: i64) -> Result<Vec<Token>, StoreError> {
    let dead = session::dead_since(tx.now());
    tx.query(&LIST_CONVERSATIONS_WITH_DEAD, params![dead, limit])
}

/// At most `limit` dead sessions of a conversation, with their attendees. A transaction that may write keeps them from
/// being pinged until it ends.
pub fn list_dead(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<(AttendeeId, Session)>, StoreError> {
    let dead = session::dead_since(tx.now());
    tx.query(&LIST_DEAD, params![conversation, dead, limit])
}
