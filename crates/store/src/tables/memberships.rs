//! What an account sees of its conversations: conversation, seat, session, partner and last message in one row, so
//! that a list costs the same statements whatever is in it.

use plauder_model::{AccountId, AttendeeId, AttendeeKind, ConversationId, ParticipantType, Timestamp, Token};

use super::attendees::{self, Attendee, attendee_columns};
use super::conversations::{self, Conversation, conversation_columns};
use super::messages::{self, Message, message_columns};
use super::sessions::{self, Session, session_columns};
use crate::driver::{params, read_text};
use crate::{Row, StoreError, Transaction, statements};

/// A conversation from a seat in it.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The conversation.
    pub conversation: Conversation,
    /// The seat.
    pub seat: Attendee,
    /// Their being online in it.
    pub session: Option<Session>,
    /// In a one-to-one conversation, the other one.
    pub partner: Option<Partner>,
    /// The last message.
    pub last_message: Option<Message>,
}

/// The other one of a one-to-one conversation, whether they still have a seat in it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Their id.
    pub user_id: String,
    /// Their name.
    pub display_name: String,
    /// Whether the account was deleted.
    pub deleted: bool,
}

/// A member of a conversation as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The conversation.
    pub conversation: ConversationId,
    /// What they are.
    pub kind: AttendeeKind,
    /// The account's id; empty for guests and addresses.
    pub user_id: String,
    /// Their name; the address itself of one that was invited.
    pub display_name: String,
    /// Their rank.
    pub rank: ParticipantType,
    /// When they were last online; 0: never.
    pub last_ping: Timestamp,
    /// Their being online.
    pub session: Option<Session>,
}

macro_rules! membership {
    ($where:literal) => {
        concat!(
            "SELECT ", conversation_columns!(), ", ", attendee_columns!(), ", ", session_columns!(), ",
                    p.user_id, p.display_name, p.deleted, ", message_columns!(), "
             FROM attendees a
             JOIN conversations c ON c.id = a.conversation_id
             LEFT JOIN sessions s ON s.id = (SELECT MAX(id) FROM sessions WHERE attendee_id = a.id)
             LEFT JOIN accounts p ON p.id = CASE WHEN c.pair_low = a.account_id THEN c.pair_high ELSE c.pair_low END
             LEFT JOIN messages m ON m.id = c.last_message_id
             LEFT JOIN accounts ma ON ma.id = m.actor_account
             LEFT JOIN accounts ms ON ms.id = m.subject_account
             WHERE ", $where, " ORDER BY a.conversation_id"
        )
    };
}

/// Members `a` of some conversations, found from `$seats`.
macro_rules! members {
    ($seats:literal, $condition:literal) => {
        concat!(
            "SELECT a.conversation_id, a.kind, p.user_id, p.display_name, a.actor_id, a.display_name,
                    a.participant_type, a.last_ping, ",
            session_columns!(),
            "
             FROM ",
            $seats,
            "
             LEFT JOIN accounts p ON p.id = a.account_id
             LEFT JOIN sessions s ON s.id = (SELECT MAX(id) FROM sessions WHERE attendee_id = a.id)
             WHERE ",
            $condition
        )
    };
}

statements! {
    ALL = membership!("a.account_id = $1");
    ONE = membership!("a.account_id = $1 AND c.token = $2");
    ON_SEAT = membership!("a.id = $1");
    ONE_OF_GUEST = membership!("a.guest_key = $1 AND c.token = $2");
    STAMPS = "SELECT a.id, c.revision, a.revision FROM attendees a JOIN conversations c ON c.id = a.conversation_id
              WHERE a.account_id = $1 ORDER BY a.conversation_id";
    MEMBERS_OF_ALL = members!(
        "attendees mine JOIN attendees a ON a.conversation_id = mine.conversation_id",
        "mine.account_id = $1 AND a.account_id IS NOT NULL ORDER BY a.conversation_id, a.last_ping DESC, a.id"
    );
    MEMBERS_BY_PING = members!("attendees a", "a.conversation_id = $1 AND a.account_id IS NOT NULL ORDER BY a.last_ping DESC, a.id");
    EVERYBODY = members!("attendees a", "a.conversation_id = $1 ORDER BY a.account_id IS NULL, a.kind DESC, a.id");
    NAMES_OF = "SELECT p.display_name FROM attendees a JOIN accounts p ON p.id = a.account_id
                WHERE a.conversation_id = $1 ORDER BY a.id LIMIT 32";
    NAMES_FOR_NAMELESS = "SELECT c.id, p.display_name
        FROM attendees mine
        JOIN conversations c ON c.id = mine.conversation_id
        JOIN attendees a ON a.conversation_id = c.id
        JOIN accounts p ON p.id = a.account_id
        WHERE mine.account_id = $1 AND c.name = '' AND c.type <> 1
          AND a.id IN (SELECT x.id FROM attendees x WHERE x.conversation_id = c.id AND x.account_id IS NOT NULL
                       ORDER BY x.id LIMIT 32)
        ORDER BY c.id, a.id";
}

fn read(row: &mut Row<'_>) -> Result<Membership, StoreError> {
    Ok(Membership {
        conversation: conversations::read(row)?,
        seat: attendees::read(row)?,
        session: sessions::read(row)?,
        partner: read_partner(row)?,
        last_message: messages::read(row)?,
    })
}

pub(crate) fn read_partner(row: &mut Row<'_>) -> Result<Option<Partner>, StoreError> {
    let (user_id, display_name) = (row.maybe_text()?, row.maybe_text()?);
    let Some((user_id, display_name)) = user_id.zip(display_name) else {
        row.skip(1);
        return Ok(None);
    };
    Ok(Some(Partner { user_id, display_name, deleted: row.bool()? }))
}

/// What tells whether somebody still sees a conversation as they did: it is the same view as long as this is the same,
/// and [`super::names_epoch::current`], and the settings; but for a lobby that opens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Their seat.
    pub seat: AttendeeId,
    /// The revisions of the conversation and of the seat.
    pub revisions: (i64, i64),
}

/// The stamps of all conversations of an account, in the order of [`of`].
pub fn stamps(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Stamp>, StoreError> {
    tx.query(&STAMPS, params![account], |row| {
        Ok(Stamp { seat: AttendeeId(row.int()?), revisions: (row.int()?, row.int()?) })
    })
}

/// The conversation of a seat.
pub fn on_seat(tx: &mut Transaction<'_>, seat: AttendeeId) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&ON_SEAT, params![seat], read)
}

/// All conversations of an account, the oldest first.
pub fn of(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Membership>, StoreError> {
    tx.query(&ALL, params![account], read)
}

/// The conversation called `token`, if the account has a seat in it.
pub fn find(
    tx: &mut Transaction<'_>,
    account: AccountId,
    token: &Token,
) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&ONE, params![account, token.as_str()], read)
}

/// The conversation called `token`, if the guest with this cookie has a seat in it.
pub fn find_of_guest(
    tx: &mut Transaction<'_>,
    guest_key: &str,
    token: &Token,
) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&ONE_OF_GUEST, params![guest_key, token.as_str()], read)
}

/// The accounts in all conversations of an account, by conversation, who was online last first.
pub fn members_of_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Member>, StoreError> {
    tx.query(&MEMBERS_OF_ALL, params![account], read_member)
}

/// The accounts in one conversation, who was online last first.
pub fn members_by_ping(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<Vec<Member>, StoreError> {
    tx.query(&MEMBERS_BY_PING, params![conversation], read_member)
}

/// Everybody in one conversation: accounts, then guests, then invited addresses, who has been in it longest first.
pub fn everybody(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<Member>, StoreError> {
    tx.query(&EVERYBODY, params![conversation], read_member)
}

fn read_member(row: &mut Row<'_>) -> Result<Member, StoreError> {
    let conversation = ConversationId(row.int()?);
    let kind = attendees::read_kind(row)?;
    let (user_id, account_name) = (row.maybe_text()?, row.maybe_text()?);
    let (actor_id, own_name) = (row.text()?, row.text()?);
    let display_name = match kind {
        AttendeeKind::Account => account_name.unwrap_or_default(),
        AttendeeKind::Guest => own_name,
        AttendeeKind::Address => actor_id,
    };
    Ok(Member {
        conversation,
        kind,
        user_id: user_id.unwrap_or_default(),
        display_name,
        rank: row.number(ParticipantType::from_number)?,
        last_ping: row.int()?,
        session: sessions::read(row)?,
    })
}

/// The names of the first accounts in a conversation; see [`names_for_nameless`].
pub fn names_of(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<String>, StoreError> {
    tx.query(&NAMES_OF, params![conversation], read_text)
}

/// For those conversations of an account that have no name: the names of their first members, by conversation. More
/// than the 32 that it gives never fit into the name that is shown, see `model::conversation::name_from_members`.
pub fn names_for_nameless(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<(ConversationId, String)>, StoreError> {
    tx.query(&NAMES_FOR_NAMELESS, params![account], |row| Ok((ConversationId(row.int()?), row.text()?)))
}
