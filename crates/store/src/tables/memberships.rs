//! Memberships: the conversations of an account, each with attendee, session, partner and last message in one row, so
//! that a list takes the same number of statements however long it is.

use plauder_model::{
    AccountId, Actor, ActorKind, AttendeeId, ConversationId, ParticipantType, Timestamp, Token,
};

use super::attendees::Attendee;
use super::conversations::Conversation;
use super::messages::Message;
use super::sessions::Session;
use crate::actors::AccountName;
use crate::driver::params;
use crate::row::{FromRow, Row, row};
use crate::{StoreError, Transaction, statements};

row! {
    /// A conversation, as one of its attendees sees it.
    #[derive(Debug, Clone)]
    pub struct Membership {
        /// The conversation.
        pub conversation: Conversation = "{Conversation c}",
        /// The attendee.
        pub attendee: Attendee = "{Attendee a}",
        /// The attendee's newest session.
        pub session: Option<Session> = "{Session s}",
        /// In a one-to-one conversation the other account, whether it is an attendee or not.
        pub partner: Option<AccountName> = "{AccountName p}",
        /// The last message.
        pub last_message: Option<Message> = "{Message m}",
    }
}

/// A member of a conversation, as other members see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMember {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who they are.
    pub actor: Actor,
    /// The display name; of an invited address the address.
    pub display_name: String,
    /// The participant type.
    pub participant_type: ParticipantType,
    /// When the member was last online; 0: never.
    pub last_ping: Timestamp,
    /// The newest session.
    pub session: Option<Session>,
}

row! {
    /// The columns of a member. The statement joins account and session as `~_account` and `s`.
    pub(crate) struct MemberRow {
        conversation: ConversationId = "conversation_id",
        kind: ActorKind,
        account: Option<(String, String)> = "~_account.user_id, ~_account.display_name",
        actor_id: String,
        display_name: String,
        participant_type: ParticipantType,
        last_ping: Timestamp,
        session: Option<Session> = "{Session s}",
    }
}

impl FromRow for ConversationMember {
    const WIDTH: usize = MemberRow::WIDTH;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let found = MemberRow::read(row)?;
        let (id, display_name) = match found.account {
            Some(account) => account,
            None if found.kind == ActorKind::Email => (found.actor_id.clone(), found.actor_id),
            None => (found.actor_id, found.display_name),
        };
        Ok(Self {
            conversation: found.conversation,
            actor: Actor { kind: found.kind, id },
            display_name,
            participant_type: found.participant_type,
            last_ping: found.last_ping,
            session: found.session,
        })
    }
}

/// Memberships that fulfil a condition.
macro_rules! memberships {
    ($condition:literal) => {
        concat!(
            "SELECT {Membership} FROM attendees a
             JOIN conversations c ON c.id = a.conversation_id
             LEFT JOIN sessions s ON s.id = (SELECT MAX(id) FROM sessions WHERE attendee_id = a.id)
             LEFT JOIN accounts p ON p.id = CASE WHEN c.pair_low = a.account_id THEN c.pair_high ELSE c.pair_low END
             LEFT JOIN messages m ON m.id = c.last_message_id
             LEFT JOIN accounts m_actor ON m_actor.id = m.actor_account
             LEFT JOIN accounts m_subject ON m_subject.id = m.subject_account
             WHERE ", $condition, " ORDER BY a.conversation_id"
        )
    };
}

/// Members `a` of conversations, found from `$from`, which names them too.
macro_rules! members {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT {Member a} FROM ",
            $from,
            "
             LEFT JOIN accounts a_account ON a_account.id = a.account_id
             LEFT JOIN sessions s ON s.id = (SELECT MAX(id) FROM sessions WHERE attendee_id = a.id)
             WHERE ",
            $condition
        )
    };
}

statements! {
    LIST_BY_ACCOUNT = memberships!("a.account_id = $1");
    FIND = memberships!("a.account_id = $1 AND c.token = $2");
    FIND_BY_ATTENDEE = memberships!("a.id = $1");
    FIND_OF_GUEST = memberships!("a.guest_key = $1 AND c.token = $2");
    LIST_REVISIONS = "SELECT {RoomRevision} FROM attendees a JOIN conversations c ON c.id = a.conversation_id
                      WHERE a.account_id = $1 ORDER BY a.conversation_id";
    LIST_MEMBERS_OF_ALL = members!(
        "attendees mine JOIN attendees a ON a.conversation_id = mine.conversation_id",
        "mine.account_id = $1 AND a.account_id IS NOT NULL ORDER BY a.conversation_id, a.last_ping DESC, a.id"
    );
    LIST_MEMBERS_BY_PING = members!("attendees a", "a.conversation_id = $1 AND a.account_id IS NOT NULL ORDER BY a.last_ping DESC, a.id");
    LIST_MEMBERS = members!("attendees a", "a.conversation_id = $1 ORDER BY a.account_id IS NULL, a.kind = {emails}, a.id");
    LIST_NAMES = "SELECT p.display_name FROM attendees a JOIN accounts p ON p.id = a.account_id
                  WHERE a.conversation_id = $1 ORDER BY a.id LIMIT 32";
    LIST_NAMES_FOR_NAMELESS = "SELECT c.id, p.display_name
        FROM attendees mine
        JOIN conversations c ON c.id = mine.conversation_id
        JOIN attendees a ON a.conversation_id = c.id
        JOIN accounts p ON p.id = a.account_id
        WHERE mine.account_id = $1 AND c.name = '' AND c.type <> {one_to_one}
          AND a.id IN (SELECT x.id FROM attendees x WHERE x.conversation_id = c.id AND x.account_id IS NOT NULL
                       ORDER BY x.id LIMIT 32)
        ORDER BY c.id, a.id";
}

row! {
    /// The revisions of a conversation and its attendee. While they, [`super::names_epoch::load`] and the settings stay
    /// the same, the attendee's view of the conversation does too, unless its lobby opens by itself.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct RoomRevision {
        /// The attendee.
        pub attendee: AttendeeId = "a.id",
        /// The revisions of the conversation and of the attendee.
        pub revisions: (i64, i64) = "c.revision, a.revision",
    }
}

/// The revisions of all conversations of an account, in the order of [`list_by_account`].
pub fn list_revisions(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<RoomRevision>, StoreError> {
    tx.query(&LIST_REVISIONS, params![account])
}

/// The membership of an attendee.
pub fn find_by_attendee(
    tx: &mut Transaction<'_>,
    attendee: AttendeeId,
) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&FIND_BY_ATTENDEE, params![attendee])
}

/// All memberships of an account, the oldest conversation first.
pub fn list_by_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<Vec<Membership>, StoreError> {
    tx.query(&LIST_BY_ACCOUNT, params![account])
}

/// The membership of an account in the conversation with this token.
pub fn find(
    tx: &mut Transaction<'_>,
    account: AccountId,
    token: &Token,
) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&FIND, params![account, token])
}

/// The membership of a guest, by the hash of their cookie, in the conversation with this token.
pub fn find_of_guest(
    tx: &mut Transaction<'_>,
    guest_key: &str,
    token: &Token,
) -> Result<Option<Membership>, StoreError> {
    tx.query_one(&FIND_OF_GUEST, params![guest_key, token])
}

/// The accounts in all conversations of an account, by conversation, those that were last online first.
pub fn list_members_of_all(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<ConversationMember>, StoreError> {
    tx.query(&LIST_MEMBERS_OF_ALL, params![account])
}

/// The accounts in one conversation, those that were last online first.
pub fn list_members_by_ping(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<Vec<ConversationMember>, StoreError> {
    tx.query(&LIST_MEMBERS_BY_PING, params![conversation])
}

/// All members of one conversation: accounts, then guests, then invited addresses, each in the order in which they
/// joined.
pub fn list_members(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<Vec<ConversationMember>, StoreError> {
    tx.query(&LIST_MEMBERS, params![conversation])
}

/// The display names of the first accounts in a conversation, see [`names_for_nameless`].
pub fn list_names(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<Vec<String>, StoreError> {
    tx.query(&LIST_NAMES, params![conversation])
}

/// For the conversations of an account without a name: the display names of their first 32 members, by conversation.
/// More do not fit into the name that clients show, see `model::conversation::name_from_members`.
pub fn names_for_nameless(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<(ConversationId, String)>, StoreError> {
    tx.query(&LIST_NAMES_FOR_NAMELESS, params![account])
}
