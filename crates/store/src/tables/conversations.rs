//! Conversations, with the counts that are kept so that nobody has to count.

use plauder_model::{
    AccountId, ConversationId, ConversationType, LobbyState, MessageId, ParticipantType, ReadOnly, Timestamp,
    Token,
};

use crate::driver::params;
use crate::{Row, StoreError, Transaction, statements};

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its number.
    pub id: ConversationId,
    /// Its name in addresses.
    pub token: Token,
    /// Its kind.
    pub kind: ConversationType,
    /// Its name; empty in one-to-one conversations.
    pub name: String,
    /// What kind of object it belongs to; empty: none.
    pub object_type: String,
    /// Which object it belongs to; empty: none.
    pub object_id: String,
    /// The hash of the password that strangers need; empty: none.
    pub password_hash: String,
    /// Whether people may write and call.
    pub read_only: ReadOnly,
    /// Whom the lobby keeps waiting.
    pub lobby_state: LobbyState,
    /// When the lobby opens by itself; 0: never.
    pub lobby_timer: Timestamp,
    /// When something last happened in it.
    pub last_activity: Timestamp,
    /// Its last message; 0: none.
    pub last_message: MessageId,
    /// How many messages people wrote.
    pub written: i64,
    /// How many attendees are accounts.
    pub accounts: i64,
    /// How many attendees are owners or moderators.
    pub moderators: i64,
    /// How many guests are online.
    pub guests: i64,
    /// Since when a call is on; 0: there is none.
    pub call_since: Timestamp,
}

impl Conversation {
    /// Whether the lobby keeps somebody of this rank waiting.
    #[must_use]
    pub fn keeps_waiting(&self, rank: ParticipantType) -> bool {
        self.lobby_state == LobbyState::NonModerators && !rank.is_moderator()
    }

    /// Whether somebody of this rank is the only owner or moderator in it.
    #[must_use]
    pub fn has_only_moderator(&self, rank: ParticipantType) -> bool {
        rank.is_signed_in_moderator() && self.moderators == 1
    }
}

/// The columns of a conversation that goes by the name `c`.
macro_rules! conversation_columns {
    () => {
        "c.id, c.token, c.type, c.name, c.object_type, c.object_id, c.password_hash, c.read_only, c.lobby_state, \
         c.lobby_timer, c.last_activity, c.last_message_id, c.written, c.accounts, c.moderators, c.guests, c.call_since"
    };
}
pub(crate) use conversation_columns;

statements! {
    FIND = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.token = $1");
    LOCK Exclusive = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.token = $1");
    LOCK_PAIR Exclusive = concat!(
        "SELECT ", conversation_columns!(), " FROM conversations c WHERE c.pair_low = $1 AND c.pair_high = $2"
    );
    LOCK_OF_ACCOUNT Exclusive = "SELECT c.id FROM conversations c
                             WHERE c.id IN (SELECT conversation_id FROM attendees WHERE account_id = $1) ORDER BY c.id";
    INSERT = "INSERT INTO conversations (token, type, name, pair_low, pair_high, created_at, last_activity,
                                         object_type, object_id, password_hash, read_only, lobby_state, lobby_timer,
                                         last_message_id, written, accounts, moderators, guests, call_since)
              VALUES ($1, $2, $3, $4, $5, $6, $6, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0)
              ON CONFLICT DO NOTHING RETURNING id";
    RENAME = "UPDATE conversations SET name = $1 WHERE id = $2";
    SET_TYPE = "UPDATE conversations SET type = $1 WHERE id = $2";
    SET_READ_ONLY = "UPDATE conversations SET read_only = $1 WHERE id = $2";
    SET_PASSWORD = "UPDATE conversations SET password_hash = $1 WHERE id = $2";
    COUNT_SEATS = "UPDATE conversations SET accounts = accounts + $1, moderators = moderators + $2 WHERE id = $3";
    NO_GUESTS = "UPDATE conversations SET guests = 0 WHERE id = $1";
    LAST_MESSAGE = "UPDATE conversations SET last_message_id = $1, last_activity = $2 WHERE id = $3";
    LAST_MESSAGE_OF_ACCOUNT = "UPDATE conversations
        SET last_message_id = COALESCE((SELECT MAX(id) FROM messages WHERE conversation_id = conversations.id), 0),
            last_activity = CASE WHEN type = 1 THEN last_activity ELSE $1 END,
            accounts = accounts - 1,
            moderators = moderators - (SELECT COUNT(*) FROM attendees
                                       WHERE conversation_id = conversations.id AND account_id = $2
                                         AND participant_type IN (1, 2))
        WHERE id IN (SELECT conversation_id FROM attendees WHERE account_id = $2)";
    DELETE = "DELETE FROM conversations WHERE id = $1";
    FIND_DESERTED = "SELECT c.id FROM conversations c WHERE c.accounts = 0
                     AND NOT EXISTS (SELECT 1 FROM attendees WHERE conversation_id = c.id)";
}

/// Reads the columns of a conversation.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: ConversationId(row.int()?),
        token: {
            let token = row.text()?;
            Token::parse(&token).ok_or_else(|| StoreError::Impossible(format!("the token {token}")))?
        },
        kind: row.number(ConversationType::from_number)?,
        name: row.text()?,
        object_type: row.text()?,
        object_id: row.text()?,
        password_hash: row.text()?,
        read_only: row.number(ReadOnly::from_number)?,
        lobby_state: row.number(LobbyState::from_number)?,
        lobby_timer: row.int()?,
        last_activity: row.int()?,
        last_message: MessageId(row.int()?),
        written: row.int()?,
        accounts: row.int()?,
        moderators: row.int()?,
        guests: row.int()?,
        call_since: row.int()?,
    })
}

/// The conversation called `token`.
pub fn find(tx: &mut Transaction<'_>, token: &Token) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&FIND, params![token.as_str()], read)
}

/// The conversation called `token`, which nobody else can change until the transaction ends. Everything that writes
/// to a conversation begins here, so that its messages become visible in the order of their ids.
pub fn lock(tx: &mut Transaction<'_>, token: &Token) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&LOCK, params![token.as_str()], read)
}

/// The one-to-one conversation of two accounts, in any order, locked as by [`lock`].
pub fn lock_pair(
    tx: &mut Transaction<'_>,
    one: AccountId,
    other: AccountId,
) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&LOCK_PAIR, params![one.min(other), one.max(other)], read)
}

/// Locks every conversation in which an account has a seat, in the same order for everybody.
pub fn lock_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.query(&LOCK_OF_ACCOUNT, params![account], |_| Ok(())).map(drop)
}

/// Makes a conversation without attendees, one-to-one where there is a `pair`. `None` if its token is taken, or the
/// pair has one.
pub fn insert(
    tx: &mut Transaction<'_>,
    token: &Token,
    kind: ConversationType,
    name: &str,
    pair: Option<(AccountId, AccountId)>,
) -> Result<Option<ConversationId>, StoreError> {
    let now = tx.now();
    let low = pair.map(|(one, other)| one.min(other));
    let high = pair.map(|(one, other)| one.max(other));
    let params = params![token.as_str(), kind.number(), name, low, high, now];
    tx.query_one(&INSERT, params, |row| Ok(ConversationId(row.int()?)))
}

/// Changes the name.
pub fn rename(tx: &mut Transaction<'_>, id: ConversationId, name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![name, id]).map(drop)
}

/// Changes the kind.
pub fn set_type(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    kind: ConversationType,
) -> Result<(), StoreError> {
    tx.execute(&SET_TYPE, params![kind.number(), id]).map(drop)
}

/// Lets people write and call, or not.
pub fn set_read_only(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    state: ReadOnly,
) -> Result<(), StoreError> {
    tx.execute(&SET_READ_ONLY, params![state.number(), id]).map(drop)
}

/// Changes the hash of the password; empty: none.
pub fn set_password(tx: &mut Transaction<'_>, id: ConversationId, hash: &str) -> Result<(), StoreError> {
    tx.execute(&SET_PASSWORD, params![hash, id]).map(drop)
}

/// Keeps the counts of seats: how many accounts came (or went), and how many of them are owners or moderators.
pub(crate) fn count_seats(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    accounts: i64,
    moderators: i64,
) -> Result<(), StoreError> {
    tx.execute(&COUNT_SEATS, params![accounts, moderators, id]).map(drop)
}

/// Notes that no guest is there any more.
pub(crate) fn no_guests(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.execute(&NO_GUESTS, params![id]).map(drop)
}

/// Notes which message is the last one, as of now.
pub(crate) fn set_last_message(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&LAST_MESSAGE, params![message, now, id]).map(drop)
}

/// Prepares all conversations of an account for its leaving: counts one account less in each, and takes up the
/// message that told of it.
pub(crate) fn account_leaves_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&LAST_MESSAGE_OF_ACCOUNT, params![now, account]).map(drop)
}

/// Removes a conversation with everything in it but its messages; see [`super::messages::delete_of`].
pub fn delete(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Conversations in which nobody is left.
pub fn find_deserted(tx: &mut Transaction<'_>) -> Result<Vec<ConversationId>, StoreError> {
    tx.query(&FIND_DESERTED, params![], |row| Ok(ConversationId(row.int()?)))
}
