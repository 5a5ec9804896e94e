//! Conversations, with counts of their attendees, messages and sessions, so that no request has to count rows.

use plauder_model::{
    AccountId, ConversationId, ConversationType, LobbyState, MessageId, ParticipantType, ReadOnly, Timestamp,
    Token,
};

use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A conversation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Conversation {
        /// The number of the conversation.
        pub id: ConversationId,
        /// The token, which names it in addresses.
        pub token: Token,
        /// The type.
        pub kind: ConversationType = "type",
        /// The name; empty in one-to-one conversations.
        pub name: String,
        /// The description; empty: none.
        pub description: String,
        /// The type of the object that it belongs to; empty: none.
        pub object_type: String,
        /// The id of the object that it belongs to; empty: none.
        pub object_id: String,
        /// The hash of the password that non-members need; empty: none.
        pub password_hash: String,
        /// Whether messages and calls are forbidden.
        pub read_only: ReadOnly,
        /// Which participants wait in the lobby.
        pub lobby_state: LobbyState,
        /// When the lobby opens by itself; 0: never.
        pub lobby_timer: Timestamp,
        /// When the conversation was last active.
        pub last_activity: Timestamp,
        /// The last message; 0: none.
        pub last_message: MessageId = "last_message_id",
        /// The number of messages that participants wrote.
        pub comment_count: i64 = "written",
        /// The number of attendees with an account.
        pub accounts: i64,
        /// The number of attendees who are owners or moderators.
        pub moderators: i64,
        /// The number of guests, who are all online.
        pub guests: i64,
        /// When the call in progress began; 0: no call.
        pub call_since: Timestamp,
        /// The number of sessions in the call.
        pub in_call: i64,
        /// Grows whenever an attendee may have lost access.
        pub access: i64,
        /// Grows whenever an attendee is removed.
        pub attendees_removed: i64 = "seats_gone",
        /// The last message that mentions everybody, and the account that wrote it.
        all_mention: (MessageId, AccountId) = "~.all_mention, ~.all_mention_by",
        /// The last such message by any other account.
        other_all_mention: MessageId,
    }
}

impl Conversation {
    /// Who waits in the lobby at `now`, and when it opens by itself (0: never). A lobby whose time has come is open,
    /// whether a job has recorded that or not.
    #[must_use]
    pub fn lobby(&self, now: Timestamp) -> (LobbyState, Timestamp) {
        if self.lobby_is_due(now) { (LobbyState::Off, 0) } else { (self.lobby_state, self.lobby_timer) }
    }

    /// Whether the lobby's time has come and no job has recorded it yet.
    #[must_use]
    pub fn lobby_is_due(&self, now: Timestamp) -> bool {
        self.lobby_state != LobbyState::Off && self.lobby_timer > 0 && self.lobby_timer <= now
    }

    /// Whether participants of this type wait in the lobby at `now`.
    #[must_use]
    pub fn holds_in_lobby(&self, participant_type: ParticipantType, now: Timestamp) -> bool {
        self.lobby(now).0 == LobbyState::NonModerators && !participant_type.is_moderator()
    }

    /// The last message that mentions everybody and was not written by `account`; 0: none.
    #[must_use]
    pub fn all_mention_for(&self, account: AccountId) -> MessageId {
        let (last, by) = self.all_mention;
        if by == account { self.other_all_mention } else { last }
    }

    /// Whether a participant of this type is the only owner or moderator.
    #[must_use]
    pub fn has_only_moderator(&self, participant_type: ParticipantType) -> bool {
        participant_type.is_signed_in_moderator() && self.moderators == 1
    }
}

statements! {
    FIND = "SELECT {Conversation c} FROM conversations c WHERE c.token = $1";
    FIND_BY_ID = "SELECT {Conversation c} FROM conversations c WHERE c.id = $1";
    LIST_AFTER = "SELECT {Conversation c} FROM conversations c WHERE c.id > $1 ORDER BY c.id LIMIT $2";
    LIST_UNMODERATED_AFTER = "SELECT {Conversation c} FROM conversations c
         WHERE c.id > $1 AND c.type IN ({group}, {public}) AND c.moderators = 0
           AND EXISTS (SELECT 1 FROM attendees a WHERE a.conversation_id = c.id AND a.participant_type = {user_type})
         ORDER BY c.id LIMIT $2";
    FIND_ACCESS_COUNTERS = "SELECT access, seats_gone FROM conversations WHERE id = $1";
    LOCK Update = "SELECT {Conversation c} FROM conversations c WHERE c.token = $1";
    LOCK_PAIR Update = "SELECT {Conversation c} FROM conversations c WHERE c.pair_low = $1 AND c.pair_high = $2";
    LIST_PAIR KeyShare = "SELECT p.id FROM accounts p WHERE NOT p.deleted AND p.id IN (
                            SELECT pair_low FROM conversations WHERE id = $1
                            UNION ALL SELECT pair_high FROM conversations WHERE id = $1) ORDER BY p.id";
    LOCK_OF_ACCOUNT Update = "SELECT c.id FROM conversations c
                             WHERE c.id IN (SELECT conversation_id FROM attendees WHERE account_id = $1) ORDER BY c.id";
    INSERT = "INSERT INTO conversations (token, type, name, pair_low, pair_high, created_at, last_activity,
                                         object_type, object_id, password_hash, read_only, lobby_state, lobby_timer,
                                         last_message_id, written, accounts, moderators, guests, call_since)
              VALUES ($1, $2, $3, $4, $5, $6, $6, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0)
              ON CONFLICT DO NOTHING RETURNING id";
    SET_DESCRIPTION = "UPDATE conversations SET revision = revision + 1, description = $1 WHERE id = $2";
    RENAME = "UPDATE conversations SET revision = revision + 1, name = $1 WHERE id = $2";
    SET_TYPE = "UPDATE conversations SET revision = revision + 1, type = $1, access = access + 1 WHERE id = $2";
    SET_READ_ONLY = "UPDATE conversations SET revision = revision + 1, read_only = $1 WHERE id = $2";
    SET_PASSWORD = "UPDATE conversations SET revision = revision + 1, password_hash = $1 WHERE id = $2";
    SET_LOBBY = "UPDATE conversations SET revision = revision + 1, lobby_state = $1, lobby_timer = $2, access = access + 1 WHERE id = $3";
    LIST_DUE_LOBBIES = "SELECT c.token FROM conversations c WHERE c.lobby_timer > 0 AND c.lobby_timer <= $1 AND c.lobby_state <> {lobby_off}
                        ORDER BY c.lobby_timer LIMIT $2";
    LINK_OBJECT = "UPDATE conversations SET revision = revision + 1, object_type = $1, object_id = $2 WHERE id = $3";
    COUNT_ATTENDEES = "UPDATE conversations SET revision = revision + 1, accounts = accounts + $1, moderators = moderators + $2, guests = guests + $3,
                                                access = access + $4, seats_gone = seats_gone + $5 WHERE id = $6";
    COUNT_SESSIONS_IN_CALL = "UPDATE conversations SET revision = revision + 1, in_call = in_call + $1 WHERE id = $2 RETURNING in_call";
    SET_CALL = "UPDATE conversations SET revision = revision + 1, call_since = $1 WHERE id = $2";
    DELETE_SESSIONS = "DELETE FROM sessions WHERE conversation_id = $1";
    IS_DESERTED = "SELECT 1 FROM conversations WHERE id = $1 AND accounts = 0 AND guests = 0";
    SET_LAST_MESSAGE = "UPDATE conversations SET revision = revision + 1, last_message_id = $1,
                        last_activity = CASE WHEN last_activity < $2 THEN $2 ELSE last_activity END WHERE id = $3";
    SET_COMMENT_COUNT = "UPDATE conversations SET revision = revision + 1, last_message_id = $1,
                         last_activity = CASE WHEN last_activity < $2 THEN $2 ELSE last_activity END, written = $3 WHERE id = $4";
    SET_ALL_MENTION = "UPDATE conversations
                       SET revision = revision + 1,
                           other_all_mention = CASE WHEN all_mention_by = $1 THEN other_all_mention ELSE all_mention END,
                           all_mention = $2, all_mention_by = $1
                       WHERE id = $3";
    ACCOUNT_LEAVES_ALL = "UPDATE conversations
        SET revision = revision + 1,
            last_message_id = COALESCE((SELECT MAX(id) FROM messages WHERE conversation_id = conversations.id), 0),
            last_activity = CASE WHEN type = {one_to_one} THEN last_activity ELSE $1 END,
            accounts = accounts - 1,
            seats_gone = seats_gone + 1,
            moderators = moderators - (SELECT COUNT(*) FROM attendees
                                       WHERE conversation_id = conversations.id AND account_id = $2
                                         AND participant_type IN {signed_in_moderators})
        WHERE id IN (SELECT conversation_id FROM attendees WHERE account_id = $2)";
    BUMP_REVISION = "UPDATE conversations SET revision = revision + 1 WHERE id = $1";
    DELETE = "DELETE FROM conversations WHERE id = $1";
    LIST_DESERTED = "SELECT c.id FROM conversations c WHERE c.accounts = 0 AND c.guests = 0";
}

/// The conversation with this token.
pub fn find(tx: &mut Transaction<'_>, token: &Token) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&FIND, params![token])
}

/// The conversation with this number.
pub fn find_by_id(tx: &mut Transaction<'_>, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id])
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
    tx.query(statement, params![after, limit])
}

/// [`Conversation::access`] and [`Conversation::attendees_removed`] of a conversation, if it exists.
pub fn find_access_counters(
    tx: &mut Transaction<'_>,
    id: ConversationId,
) -> Result<Option<(i64, i64)>, StoreError> {
    tx.query_one(&FIND_ACCESS_COUNTERS, params![id])
}

/// The conversation with this token, which no other transaction changes until this one ends. Every transaction that
/// inserts messages holds this lock, taken here, by [`lock_one_to_one`] or by [`lock_of_account`], so that messages
/// become visible in the order of their ids.
pub fn lock(tx: &mut Transaction<'_>, token: &Token) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&LOCK, params![token])
}

/// The one-to-one conversation of two accounts, in either order, locked as by [`lock`].
pub fn lock_one_to_one(
    tx: &mut Transaction<'_>,
    one: AccountId,
    other: AccountId,
) -> Result<Option<Conversation>, StoreError> {
    tx.query_one(&LOCK_PAIR, params![one.min(other), one.max(other)])
}

/// The accounts of a one-to-one conversation, whether they are attendees or not, but not those that were deleted. A
/// transaction that may write keeps them from being deleted until it ends.
pub fn list_one_to_one_accounts(
    tx: &mut Transaction<'_>,
    id: ConversationId,
) -> Result<Vec<AccountId>, StoreError> {
    tx.query(&LIST_PAIR, params![id])
}

/// Locks every conversation of an account that is about to leave them all. Every transaction locks them in the same
/// order.
pub fn lock_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    for id in tx.query(&LOCK_OF_ACCOUNT, params![account])? {
        tx.publish(id);
    }
    Ok(())
}

/// Creates a conversation without attendees, a one-to-one conversation if there is a `pair`. `None` if its token is
/// taken, or the pair has a conversation.
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
    let params = params![token, kind, name, low, high, now];
    tx.query_one(&INSERT, params)
}

/// Changes the name.
pub fn rename(tx: &mut Transaction<'_>, id: ConversationId, name: &str) -> Result<(), StoreError> {
    tx.execute(&RENAME, params![name, id]).map(drop)
}

/// Changes the description.
pub fn set_description(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    description: &str,
) -> Result<(), StoreError> {
    tx.execute(&SET_DESCRIPTION, params![description, id]).map(drop)
}

/// Changes the type.
pub fn set_type(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    kind: ConversationType,
) -> Result<(), StoreError> {
    tx.publish(id);
    tx.execute(&SET_TYPE, params![kind, id]).map(drop)
}

/// Permits or forbids messages and calls.
pub fn set_read_only(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    state: ReadOnly,
) -> Result<(), StoreError> {
    tx.execute(&SET_READ_ONLY, params![state, id]).map(drop)
}

/// Changes the hash of the password; empty: none.
pub fn set_password(tx: &mut Transaction<'_>, id: ConversationId, hash: &str) -> Result<(), StoreError> {
    tx.execute(&SET_PASSWORD, params![hash, id]).map(drop)
}

/// Changes who waits in the lobby, and when it opens by itself (0: never).
pub fn set_lobby(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    state: LobbyState,
    timer: Timestamp,
) -> Result<(), StoreError> {
    tx.publish(id);
    tx.execute(&SET_LOBBY, params![state, timer, id]).map(drop)
}

/// At most `limit` conversations whose lobby has to open by itself now.
pub fn due_lobbies(tx: &mut Transaction<'_>, limit: i64) -> Result<Vec<Token>, StoreError> {
    let now = tx.now();
    tx.query(&LIST_DUE_LOBBIES, params![now, limit])
}

/// Links a conversation to an object of another service.
pub fn link_object(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    object_type: &str,
    object_id: &str,
) -> Result<(), StoreError> {
    tx.execute(&LINK_OBJECT, params![object_type, object_id, id]).map(drop)
}

/// Changes to the counts of attendees in a conversation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AttendeeCounts {
    pub(crate) accounts: i64,
    /// Owners and moderators among the accounts.
    pub(crate) moderators: i64,
    pub(crate) guests: i64,
    /// Whether a moderator was demoted, who may have to wait in the lobby from now on.
    pub(crate) demoted: bool,
}

/// Adds to the counts of attendees; negative numbers mean removed attendees.
pub(crate) fn count_attendees(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    difference: AttendeeCounts,
) -> Result<(), StoreError> {
    let AttendeeCounts { accounts, moderators, guests, demoted } = difference;
    let removed = accounts < 0 || guests < 0;
    if removed || demoted {
        tx.publish(id);
    }
    let params = params![accounts, moderators, guests, i64::from(demoted), i64::from(removed), id];
    tx.execute(&COUNT_ATTENDEES, params).map(drop)
}

/// Adds to the count of sessions in the call, and returns it.
pub(crate) fn count_sessions_in_call(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    difference: i64,
) -> Result<i64, StoreError> {
    let count = tx.query_one(&COUNT_SESSIONS_IN_CALL, params![difference, id])?;
    count.ok_or_else(|| StoreError::Impossible("a call without a conversation".to_owned()))
}

/// Sets when the call in progress began; 0: no call.
pub fn set_call(tx: &mut Transaction<'_>, id: ConversationId, since: Timestamp) -> Result<(), StoreError> {
    tx.execute(&SET_CALL, params![since, id]).map(drop)
}

/// Whether a conversation has neither accounts nor guests. Addresses that were invited do not count.
pub fn is_deserted(tx: &mut Transaction<'_>, id: ConversationId) -> Result<bool, StoreError> {
    tx.exists(&IS_DESERTED, params![id])
}

/// Sets the last message, which was written now.
pub(crate) fn set_last_message(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.publish(id);
    tx.execute(&SET_LAST_MESSAGE, params![message, now, id]).map(drop)
}

/// Sets the last message, which a participant wrote now; `comment_index` is the number of such messages.
pub(crate) fn set_comment_count(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
    comment_index: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.publish(id);
    tx.execute(&SET_COMMENT_COUNT, params![message, now, comment_index, id]).map(drop)
}

/// Records that a message mentions everybody. `by` is the account that wrote it, if one did.
pub fn set_all_mention(
    tx: &mut Transaction<'_>,
    id: ConversationId,
    message: MessageId,
    by: Option<AccountId>,
) -> Result<(), StoreError> {
    tx.execute(&SET_ALL_MENTION, params![by.map_or(0, |by| by.0), message, id]).map(drop)
}

/// Raises the revision of a conversation whose views change though its own columns do not.
pub(crate) fn bump_revision(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.execute(&BUMP_REVISION, params![id]).map(drop)
}

/// Prepares all conversations of an account that is about to leave them: subtracts it from their counts, and sets the
/// last message to the one that reports it.
pub(crate) fn account_leaves_all(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&ACCOUNT_LEAVES_ALL, params![now, account]).map(drop)
}

/// Deletes a conversation with everything in it but its messages, see [`super::messages::delete_by_conversation`].
pub fn delete(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    tx.publish(id);
    // Sessions are locked before their attendees, in the same order as by a ping.
    tx.execute(&DELETE_SESSIONS, params![id])?;
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Conversations with neither accounts nor guests.
pub fn list_deserted(tx: &mut Transaction<'_>) -> Result<Vec<ConversationId>, StoreError> {
    tx.query(&LIST_DESERTED, params![])
}
