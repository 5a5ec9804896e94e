//! Conversations, with the counts that are kept so that nobody has to count.

use plauder_model::{
    AccountId, ConversationId, ConversationType, LobbyState, MessageId, ParticipantType, ReadOnly, Timestamp,
    Token,
};

use crate::driver::{params, read_int};
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
    /// How many sessions are in the call.
    pub in_call: i64,
    /// Grows whenever those who are in it may have lost the right to see it.
    pub access: i64,
    /// Grows whenever somebody loses a seat in it.
    pub seats_gone: i64,
    /// The last message that mentions everybody, and who wrote it.
    all_mention: (MessageId, AccountId),
    /// The last such message by anybody else.
    other_all_mention: MessageId,
}

impl Conversation {
    /// Whom the lobby keeps waiting at this moment, and when it opens by itself (0: never). One whose time has come is
    /// open, whether that was noted already or not.
    #[must_use]
    pub fn lobby(&self, now: Timestamp) -> (LobbyState, Timestamp) {
        if self.lobby_is_due(now) { (LobbyState::Off, 0) } else { (self.lobby_state, self.lobby_timer) }
    }

    /// Whether the lobby's time has come, but nobody has noted it yet.
    #[must_use]
    pub fn lobby_is_due(&self, now: Timestamp) -> bool {
        self.lobby_state != LobbyState::Off && self.lobby_timer > 0 && self.lobby_timer <= now
    }

    /// Whether the lobby keeps somebody of this rank waiting at this moment.
    #[must_use]
    pub fn keeps_waiting(&self, rank: ParticipantType, now: Timestamp) -> bool {
        self.lobby(now).0 == LobbyState::NonModerators && !rank.is_moderator()
    }

    /// The last message that mentions everybody and was not written by `account`; 0: none.
    #[must_use]
    pub fn all_mention_for(&self, account: AccountId) -> MessageId {
        let (last, by) = self.all_mention;
        if by == account { self.other_all_mention } else { last }
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
         c.lobby_timer, c.last_activity, c.last_message_id, c.written, c.accounts, c.moderators, c.guests, c.call_since, \
         c.in_call, c.access, c.seats_gone, c.all_mention, c.all_mention_by, c.other_all_mention"
    };
}
pub(crate) use conversation_columns;

statements! {
    FIND = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.token = $1");
    FIND_BY_ID = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.id = $1");
    LIST_AFTER = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.id > $1 ORDER BY c.id LIMIT $2");
    LIST_UNMODERATED_AFTER = concat!(
        "SELECT ", conversation_columns!(), " FROM conversations c
         WHERE c.id > $1 AND c.type IN (2, 3) AND c.moderators = 0
           AND EXISTS (SELECT 1 FROM attendees a WHERE a.conversation_id = c.id AND a.participant_type = 3)
         ORDER BY c.id LIMIT $2"
    );
    ADMISSION = "SELECT access, seats_gone FROM conversations WHERE id = $1";
    LOCK Exclusive = concat!("SELECT ", conversation_columns!(), " FROM conversations c WHERE c.token = $1");
    LOCK_PAIR Exclusive = concat!(
        "SELECT ", conversation_columns!(), " FROM conversations c WHERE c.pair_low = $1 AND c.pair_high = $2"
    );
    PAIR Shared = "SELECT p.id FROM accounts p WHERE NOT p.deleted AND p.id IN (
                       SELECT pair_low FROM conversations WHERE id = $1
                       UNION ALL SELECT pair_high FROM conversations WHERE id = $1) ORDER BY p.id";
    LOCK_OF_ACCOUNT Exclusive = "SELECT c.id FROM conversations c
                             WHERE c.id IN (SELECT conversation_id FROM attendees WHERE account_id = $1) ORDER BY c.id";
    INSERT = "INSERT INTO conversations (token, type, name, pair_low, pair_high, created_at, last_activity,
                                         object_type, object_id, password_hash, read_only, lobby_state, lobby_timer,
                                         last_message_id, written, accounts, moderators, guests, call_since)
              VALUES ($1, $2, $3, $4, $5, $6, $6, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0)
              ON CONFLICT DO NOTHING RETURNING id";
    RENAME = "UPDATE conversations SET revision = revision + 1, name = $1 WHERE id = $2";
    SET_TYPE = "UPDATE conversations SET revision = revision + 1, type = $1, access = access + 1 WHERE id = $2";
    SET_READ_ONLY = "UPDATE conversations SET revision = revision + 1, read_only = $1 WHERE id = $2";
    SET_PASSWORD = "UPDATE conversations SET revision = revision + 1, password_hash = $1 WHERE id = $2";
    SET_LOBBY = "UPDATE conversations SET revision = revision + 1, lobby_state = $1, lobby_timer = $2, access = access + 1 WHERE id = $3";
    DUE_LOBBIES = "SELECT c.token FROM conversations c WHERE c.lobby_timer > 0 AND c.lobby_timer <= $1 AND c.lobby_state <> 0
                   ORDER BY c.lobby_timer LIMIT $2";
    TIE = "UPDATE conversations SET revision = revision + 1, object_type = $1, object_id = $2 WHERE id = $3";
    COUNT_SEATS = "UPDATE conversations SET revision = revision + 1, accounts = accounts + $1, moderators = moderators + $2, guests = guests + $3,
                                            access = access + $4, seats_gone = seats_gone + $5 WHERE id = $6";
    COUNT_CALLERS = "UPDATE conversations SET revision = revision + 1, in_call = in_call + $1 WHERE id = $2 RETURNING in_call";
    SET_CALL = "UPDATE conversations SET revision = revision + 1, call_since = $1 WHERE id = $2";
    IS_DESERTED = "SELECT 1 FROM conversations WHERE id = $1 AND accounts = 0 AND guests = 0";
    LAST_MESSAGE = "UPDATE conversations SET revision = revision + 1, last_message_id = $1, last_activity = $2 WHERE id = $3";
    WRITTEN = "UPDATE conversations SET revision = revision + 1, last_message_id = $1, last_activity = $2, written = $3 WHERE id = $4";
    MENTION_ALL = "UPDATE conversations
                   SET revision = revision + 1,
                       other_all_mention = CASE WHEN all_mention_by = $1 THEN other_all_mention ELSE all_mention END,
                       all_mention = $2, all_mention_by = $1
                   WHERE id = $3";
    LAST_MESSAGE_OF_ACCOUNT = "UPDATE conversations
        SET revision = revision + 1,
            last_message_id = COALESCE((SELECT MAX(id) FROM messages WHERE conversation_id = conversations.id), 0),
            last_activity = CASE WHEN type = 1 THEN last_activity ELSE $1 END,
            accounts = accounts - 1,
            seats_gone = seats_gone + 1,
            moderators = moderators - (SELECT COUNT(*) FROM attendees
                                       WHERE conversation_id = conversations.id AND account_id = $2
                                         AND participant_type IN (1, 2))
        WHERE id IN (SELECT conversation_id FROM attendees WHERE account_id = $2)";
    REVISE = "UPDATE conversations SET revision = revision + 1 WHERE id = $1";
    DELETE = "DELETE FROM conversations WHERE id = $1";
    FIND_DESERTED = "SELECT c.id FROM conversations c WHERE c.accounts = 0 AND c.guests = 0";
}

/// Reads a token.
pub(crate) fn read_token(row: &mut Row<'_>) -> Result<Token, StoreError> {
    let token = row.text()?;
    Token::parse(&token).ok_or_else(|| StoreError::Impossible(format!("the token {token}")))
}

/// Reads the columns of a conversation.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: ConversationId(row.int()?),
        token: read_token(row)?,
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
        in_call: row.int()?,
        access: row.int()?,
        seats_gone: row.int()?,
        all_mention: (MessageId(row.int()?), AccountId(row.int()?)),
        other_all_mention: MessageId(row.int()?),
    })
}

/// The conversation called `token`.
pub fn find(tx: &mut Transaction<'_>, token: &Token) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&FIND, params![token.as_str()], read)
}

/// The conversation with this number.
pub fn find_by_id(tx: &mut Transaction<'_>, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id], read)
}

/// The next `limit` conversations after the one with the number `after`, in the order of their numbers. `unmoderated`:
/// only those that have users, but neither owner nor moderator.
pub fn list_after(
    tx: &mut Transaction<'_>,
    after: ConversationId,
    limit: i64,
    unmoderated: bool,
) -> Result<Vec<Conversation>, StoreError> {
    let statement = if unmoderated { &LIST_UNMODERATED_AFTER } else { &LIST_AFTER };
    tx.query(statement, params![after, limit], read)
}

/// The numbers [`Conversation::access`] and [`Conversation::seats_gone`] of a conversation, if it is there.
pub fn admission(tx: &mut Transaction<'_>, id: ConversationId) -> Result<Option<(i64, i64)>, StoreError> {
    tx.query_one(&ADMISSION, params![id], |row| Ok((row.int()?, row.int()?)))
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

/// Both accounts of a one-to-one conversation, whether they have a seat in it or not; not those that were deleted. None
/// of them is deleted before a transaction that may write ends.
pub fn pair(tx: &mut Transaction<'_>, id: ConversationId) -> Result<Vec<AccountId>, StoreError> {
    tx.query(&PAIR, params![id], |row| Ok(AccountId(row.int()?)))
}

/// Locks every conversation in which an account has a seat, in the same order for everybody, for it is going to leave them.
pub fn lock_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    for id in tx.query(&LOCK_OF_ACCOUNT, params![account], |row| Ok(ConversationId(row.int()?)))? {
        tx.touch(id);
    }
    Ok(())
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
    tx.touch(id);
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

/// Changes whom the lobby keeps waiting, and when it opens by itself (0: never).
pub fn set_lobby(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    state: LobbyState,
    timer: Timestamp,
) -> Result<(), StoreError> {
    tx.touch(id);
    tx.execute(&SET_LOBBY, params![state.number(), timer, id]).map(drop)
}

/// At most `limit` conversations whose lobby has a time that has come.
pub fn due_lobbies(tx: &mut Transaction<'_>, limit: i64) -> Result<Vec<Token>, StoreError> {
    let now = tx.now();
    tx.query(&DUE_LOBBIES, params![now, limit], read_token)
}

/// Ties a conversation to an object of another service.
pub fn tie(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    object_type: &str,
    object_id: &str,
) -> Result<(), StoreError> {
    tx.execute(&TIE, params![object_type, object_id, id]).map(drop)
}

/// How many more seats of each kind there are in a conversation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seats {
    pub(crate) accounts: i64,
    /// How many of these are owners or moderators.
    pub(crate) moderators: i64,
    pub(crate) guests: i64,
    /// Whether a moderator is none any more, so that the lobby may keep them waiting.
    pub(crate) demoted: bool,
}

/// Keeps the counts of seats: how many came, or where negative went.
pub(crate) fn count_seats(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    more: Seats,
) -> Result<(), StoreError> {
    let gone = more.accounts < 0 || more.guests < 0;
    if gone || more.demoted {
        tx.touch(id);
    }
    let params =
        params![more.accounts, more.moderators, more.guests, i64::from(more.demoted), i64::from(gone), id];
    tx.execute(&COUNT_SEATS, params).map(drop)
}

/// Keeps the count of sessions in the call, and gives it.
pub(crate) fn count_callers(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    more: i64,
) -> Result<i64, StoreError> {
    let left = tx.query_one(&COUNT_CALLERS, params![more, id], read_int)?;
    left.ok_or_else(|| StoreError::Impossible("a call without a conversation".to_owned()))
}

/// Notes since when a call is on; 0: there is none.
pub fn set_call(tx: &mut Transaction<'_>, id: ConversationId, since: Timestamp) -> Result<(), StoreError> {
    tx.execute(&SET_CALL, params![since, id]).map(drop)
}

/// Whether nobody is in a conversation any more. An address that was invited is nobody: it cannot come in by itself.
pub fn is_deserted(tx: &mut Transaction<'_>, id: ConversationId) -> Result<bool, StoreError> {
    Ok(tx.query_one(&IS_DESERTED, params![id], |_| Ok(()))?.is_some())
}

/// Notes which message is the last one, as of now.
pub(crate) fn set_last_message(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.touch(id);
    tx.execute(&LAST_MESSAGE, params![message, now, id]).map(drop)
}

/// Notes which message is the last one, as of now, and that it is one that people wrote.
pub(crate) fn set_written(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
    ordinal: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.touch(id);
    tx.execute(&WRITTEN, params![message, now, ordinal, id]).map(drop)
}

/// Notes that a message mentions everybody; `by` wrote it, where they have an account.
pub fn mention_all(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
    by: Option<AccountId>,
) -> Result<(), StoreError> {
    tx.execute(&MENTION_ALL, params![by.map_or(0, |by| by.0), message, id]).map(drop)
}

/// Notes that a conversation is seen otherwise, though nothing of it itself is another.
pub(crate) fn revise(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.execute(&REVISE, params![id]).map(drop)
}

/// Prepares all conversations of an account for its leaving: counts one account less in each, and takes up the
/// message that told of it.
pub(crate) fn account_leaves_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&LAST_MESSAGE_OF_ACCOUNT, params![now, account]).map(drop)
}

/// Removes a conversation with everything in it but its messages; see [`super::messages::delete_of`].
pub fn delete(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.touch(id);
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Conversations in which nobody is left.
pub fn find_deserted(tx: &mut Transaction<'_>) -> Result<Vec<ConversationId>, StoreError> {
    tx.query(&FIND_DESERTED, params![], |row| Ok(ConversationId(row.int()?)))
}
