//! Attendees: who belongs to a conversation. This file also maintains the counts of attendees that the conversation
//! holds.

use plauder_model::{
    AccountId, ActorKind, ActorRef, AttendeeId, CircleKey, ConversationId, EmailAddress, GroupKey, MessageId,
    NotificationLevel, ParticipantType, Timestamp,
};

use super::conversations::{self, AttendeeCounts, Conversation};
use super::{circles, containing, groups, guest_names, notifications};
use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// An attendee of a conversation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Attendee {
        /// The number of the attendee.
        pub id: AttendeeId,
        /// What kind of actor the attendee is.
        pub kind: ActorKind,
        /// The account; `None` for guests and invited addresses.
        pub account: Option<AccountId> = "account_id",
        /// A guest's id, or the address; empty for accounts.
        pub actor_id: String,
        /// The display name that a guest has chosen; empty for all others.
        pub display_name: String,
        /// The participant type.
        pub participant_type: ParticipantType,
        /// Whether the conversation is one of the attendee's favourites.
        pub favorite: bool,
        /// The events of which the attendee is notified.
        pub notification_level: NotificationLevel,
        /// The last message that the attendee has read; 0: none.
        pub last_read_message: MessageId,
        /// The number of messages by participants that the attendee has read.
        pub read_comment_index: i64 = "read_ordinal",
        /// The last message that mentions the attendee; 0: none.
        pub last_mention: MessageId,
        /// When the attendee was last online; 0: never.
        pub last_ping: Timestamp,
    }
}

impl Attendee {
    /// The attendee as an actor.
    #[must_use]
    pub fn actor(&self) -> ActorRef<'_> {
        match self.account {
            Some(account) => ActorRef::Account(account),
            None => ActorRef::WithoutAccount { kind: self.kind, id: &self.actor_id },
        }
    }
}

/// Inserts attendees: `$rows` gives their columns in the order of this list.
macro_rules! insert {
    ($rows:expr) => {
        concat!(
            "INSERT INTO attendees (conversation_id, kind, account_id, actor_id, guest_key, display_name, participant_type,
                                    favorite, notification_level, last_read_message, read_ordinal, last_mention, last_ping) ",
            $rows
        )
    };
}

/// Inserts every account of the table `$members`, called `m`, whose column `$key` is `$4`; if `$5` is a group, only the
/// members of that group.
macro_rules! insert_members {
    ($members:literal, $key:literal) => {
        insert!(concat!(
            "SELECT CAST($1 AS BIGINT), {users}, m.account_id, '', NULL, '', {user_type}, FALSE, {level_default},
                    CAST($2 AS BIGINT), CAST($3 AS BIGINT), 0, 0
             FROM ", $members, " JOIN accounts p ON p.id = m.account_id
             WHERE ", $key, " = $4 AND NOT p.deleted
               AND (CAST($5 AS BIGINT) IS NULL OR EXISTS (
                 SELECT 1 FROM group_members x WHERE x.group_id = $5 AND x.account_id = m.account_id))
               AND NOT EXISTS (SELECT 1 FROM attendees a WHERE a.conversation_id = $1 AND a.account_id = m.account_id)
             ORDER BY p.user_key RETURNING id"
        ))
    };
}

/// An attendee `a` that fulfils a condition.
macro_rules! attendee {
    ($condition:literal) => {
        concat!("SELECT {Attendee a} FROM attendees a WHERE ", $condition)
    };
}

/// Accounts that are added at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// The members of a group.
    Group(GroupKey),
    /// The members of a circle.
    Circle(CircleKey),
}

statements! {
    FIND = attendee!("a.conversation_id = $1 AND a.account_id = $2");
    FIND_GUEST = attendee!("a.guest_key = $1 AND a.conversation_id = $2");
    FIND_BY_SESSION = attendee!(
        "a.id = (SELECT s.attendee_id FROM sessions s WHERE s.session_id = $1 AND s.conversation_id = $2)"
    );
    LIST_IDS = "SELECT id FROM attendees WHERE conversation_id = $1 ORDER BY id";
    FIND_BY_ID = attendee!("a.id = $1");
    FIND_ADDRESS = attendee!("a.conversation_id = $1 AND a.actor_id = $2 AND a.kind = {emails}");
    FIND_GUEST_BY_ACTOR = attendee!("a.conversation_id = $1 AND a.kind = {guests} AND a.actor_id = $2");
    IS_GUEST_SOMEWHERE = "SELECT 1 FROM attendees WHERE guest_key = $1 LIMIT 1";
    HAS_OTHER_MEMBERS = "SELECT 1 FROM attendees
                         WHERE conversation_id = $1 AND participant_type IN {permanent} AND id <> $2 LIMIT 1";
    INSERT = insert!("VALUES ($1, {users}, $2, '', NULL, '', $3, FALSE, {level_default}, $4, $5, 0, 0)");
    INSERT_GROUP = insert_members!("group_members m", "m.group_id");
    INSERT_CIRCLE = insert_members!("circle_members m", "m.circle_id");
    INSERT_GUEST = insert!("VALUES ($1, {guests}, NULL, $2, $3, '', {guest_type}, FALSE, {level_default}, 0, 0, 0, 0)");
    INSERT_ADDRESS = insert!("VALUES ($1, {emails}, NULL, $2, NULL, '', {guest_type}, FALSE, {level_default}, 0, 0, 0, 0)");
    SET_ACTOR_ID = "UPDATE attendees SET revision = revision + 1, actor_id = $1 WHERE id = $2";
    SET_NAME = "UPDATE attendees SET revision = revision + 1, display_name = $1 WHERE id = $2";
    RECORD_PING = "UPDATE attendees SET revision = revision + 1, last_ping = $1 WHERE id = $2";
    BUMP_REVISION = "UPDATE attendees SET revision = revision + 1 WHERE id = $1";
    SET_PARTICIPANT_TYPE = "UPDATE attendees SET revision = revision + 1, participant_type = $1 WHERE id = $2";
    SET_MARKER = "UPDATE attendees SET revision = revision + 1, last_read_message = $1, read_ordinal = $2 WHERE id = $3";
    ADVANCE_MARKER = "UPDATE attendees SET revision = revision + 1, last_read_message = $1, read_ordinal = $2
                      WHERE id = $3 AND last_read_message < $1";
    SET_LAST_MENTION = "UPDATE attendees SET revision = revision + 1, last_mention = $1 WHERE conversation_id = $2 AND account_id = $3";
    SUGGEST = "SELECT p.user_id, p.display_name FROM attendees a JOIN accounts p ON p.id = a.account_id
               WHERE a.conversation_id = $1 AND a.id <> $2
                 AND (p.user_key LIKE $3 ESCAPE '!' OR p.display_key LIKE $3 ESCAPE '!')
               ORDER BY (p.user_key = $4 OR p.display_key = $4) DESC, p.display_key, p.user_key LIMIT $5";
    LIST_GUESTS = "SELECT a.actor_id, a.display_name FROM attendees a
                   WHERE a.conversation_id = $1 AND a.id <> $2 AND a.kind = {guests} ORDER BY a.id LIMIT $3";
    SET_FAVORITE = "UPDATE attendees SET revision = revision + 1, favorite = $1 WHERE id = $2";
    SET_NOTIFICATION_LEVEL = "UPDATE attendees SET revision = revision + 1, notification_level = $1 WHERE id = $2";
    DELETE = "DELETE FROM attendees WHERE id = $1";
    DELETE_TRANSIENT_SESSIONS = "DELETE FROM sessions WHERE conversation_id = $1 AND attendee_id IN (
                                     SELECT a.id FROM attendees a
                                     WHERE a.conversation_id = $1 AND a.participant_type IN {transient})";
    DELETE_SELF_JOINED = "DELETE FROM attendees WHERE conversation_id = $1 AND participant_type = {self_joined_type}";
    DELETE_GUESTS = "DELETE FROM attendees WHERE conversation_id = $1 AND kind = {guests}";
    DELETE_ADDRESSES = "DELETE FROM attendees WHERE conversation_id = $1 AND kind = {emails}";
    LIST_SUCCESSORS = "SELECT {Conversation c}, {Attendee a}
         FROM attendees own
         JOIN conversations c ON c.id = own.conversation_id
         JOIN attendees a ON a.id = (
             SELECT x.id FROM attendees x JOIN accounts p ON p.id = x.account_id
             WHERE x.conversation_id = own.conversation_id AND x.participant_type = {user_type}
               AND x.account_id <> own.account_id
             ORDER BY p.enabled DESC, x.id LIMIT 1)
         WHERE own.account_id = $1 AND c.type IN ({group}, {public})
           AND c.moderators = CASE WHEN own.participant_type IN {signed_in_moderators} THEN 1 ELSE 0 END
         ORDER BY c.id";
    DELETE_SESSIONS_OF_ACCOUNT = "DELETE FROM sessions
                                  WHERE attendee_id IN (SELECT id FROM attendees WHERE account_id = $1)";
    DELETE_OF_ACCOUNT = "DELETE FROM attendees WHERE account_id = $1";
}

/// The attendee of an account in a conversation.
pub fn find(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND, params![conversation, account])
}

/// The attendee of a guest, by the hash of their cookie.
pub fn find_guest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    guest_key: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_GUEST, params![guest_key, conversation])
}

/// The attendee with this number.
pub fn find_by_id(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_BY_ID, params![id])
}

/// The numbers of all attendees of a conversation, sorted.
pub fn list_ids(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
) -> Result<Vec<AttendeeId>, StoreError> {
    tx.query(&LIST_IDS, params![conversation])
}

/// The attendee to whom a session belongs.
pub fn find_by_session(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    session_id: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_BY_SESSION, params![session_id, conversation])
}

/// The attendee of an address that was invited.
pub fn find_address(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    address: &EmailAddress,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_ADDRESS, params![conversation, address.as_str()])
}

/// Whether a guest with this hash of a cookie is in any conversation.
pub fn is_guest_somewhere(tx: &mut Transaction<'_>, guest_key: &str) -> Result<bool, StoreError> {
    tx.exists(&IS_GUEST_SOMEWHERE, params![guest_key])
}

/// Whether a conversation has a permanent participant besides this attendee.
pub fn has_other_members(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    attendee: &Attendee,
) -> Result<bool, StoreError> {
    tx.exists(&HAS_OTHER_MEMBERS, params![conversation, attendee.id])
}

/// Adds an account to a conversation. It counts as having read all earlier messages.
pub fn insert(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    account: AccountId,
    participant_type: ParticipantType,
) -> Result<(), StoreError> {
    let read_up_to = conversation.last_message;
    let params = params![conversation.id, account, participant_type, read_up_to, conversation.comment_count];
    tx.execute(&INSERT, params)?;
    let moderators = i64::from(participant_type.is_signed_in_moderator());
    conversations::count_attendees(
        tx,
        conversation.id,
        AttendeeCounts { accounts: 1, moderators, ..AttendeeCounts::default() },
    )
}

/// Adds a guest to a conversation, by the hash of their cookie.
pub fn insert_guest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    guest_key: &str,
    actor_id: &str,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_GUEST, params![conversation, actor_id, guest_key])?;
    conversations::count_attendees(
        tx,
        conversation,
        AttendeeCounts { guests: 1, ..AttendeeCounts::default() },
    )
}

/// Adds an address that was invited to a conversation.
pub fn insert_address(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    address: &EmailAddress,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_ADDRESS, params![conversation, address.as_str()]).map(drop)
}

/// Changes the id of a guest.
pub fn set_actor_id(tx: &mut Transaction<'_>, attendee: &Attendee, actor_id: &str) -> Result<(), StoreError> {
    tx.execute(&SET_ACTOR_ID, params![actor_id, attendee.id])?;
    if attendee.display_name.is_empty() { Ok(()) } else { guest_names::insert(tx, attendee.id) }
}

/// Changes the name of a guest, also in the messages under their current id.
pub fn set_name(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    id: AttendeeId,
    name: &str,
) -> Result<(), StoreError> {
    tx.execute(&SET_NAME, params![name, id])?;
    guest_names::insert(tx, id)?;
    conversations::bump_revision(tx, conversation)
}

/// Records that an attendee is online now.
pub(crate) fn record_ping(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&RECORD_PING, params![now, id]).map(drop)
}

/// Records that a session of an attendee has ended.
pub(crate) fn record_session_end(tx: &mut Transaction<'_>, id: AttendeeId) -> Result<(), StoreError> {
    tx.execute(&BUMP_REVISION, params![id]).map(drop)
}

/// Adds all `members` who are no attendees as users; if there is a group `among`, only the members of that group. They
/// count as having read all earlier messages. Returns the first of the new attendees; all later attendees of the
/// conversation are new too.
pub fn insert_members(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    members: Members,
    among: Option<GroupKey>,
) -> Result<Option<AttendeeId>, StoreError> {
    let (statement, key) = match members {
        Members::Group(group) => {
            groups::lock_members(tx, group)?;
            (&INSERT_GROUP, group.0)
        }
        Members::Circle(circle) => {
            circles::lock_members(tx, circle)?;
            (&INSERT_CIRCLE, circle.0)
        }
    };
    let params = params![conversation.id, conversation.last_message, conversation.comment_count, key, among];
    let added: Vec<AttendeeId> = tx.query(statement, params)?;
    let accounts = i64::try_from(added.len()).unwrap_or(i64::MAX);
    conversations::count_attendees(
        tx,
        conversation.id,
        AttendeeCounts { accounts, ..AttendeeCounts::default() },
    )?;
    Ok(added.into_iter().min())
}

/// Changes the participant type.
pub fn set_participant_type(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    attendee: &Attendee,
    participant_type: ParticipantType,
) -> Result<(), StoreError> {
    tx.execute(&SET_PARTICIPANT_TYPE, params![participant_type, attendee.id])?;
    let moderators = i64::from(participant_type.is_signed_in_moderator())
        - i64::from(attendee.participant_type.is_signed_in_moderator());
    let demoted = attendee.participant_type.is_moderator() && !participant_type.is_moderator();
    conversations::count_attendees(
        tx,
        conversation,
        AttendeeCounts { moderators, demoted, ..AttendeeCounts::default() },
    )
}

/// Sets what an attendee has read: everything up to `message`, which are `comment_index` messages by participants.
pub fn set_marker(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    message: MessageId,
    comment_index: i64,
) -> Result<(), StoreError> {
    tx.execute(&SET_MARKER, params![message, comment_index, id]).map(drop)
}

/// Does what [`set_marker`] does, unless the attendee has read more.
pub fn advance_marker(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    message: MessageId,
    comment_index: i64,
) -> Result<(), StoreError> {
    tx.execute(&ADVANCE_MARKER, params![message, comment_index, id]).map(drop)
}

/// Records that a message mentions an account, if the account is an attendee.
pub fn set_last_mention(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    account: AccountId,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.execute(&SET_LAST_MENTION, params![message, conversation, account]).map(drop)
}

/// User ids and display names of at most `limit` accounts in a conversation whose user id or display name contains
/// `part`, except the attendee `but`. Exact matches come first.
pub fn suggest(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    but: AttendeeId,
    part: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let (pattern, key) = (containing(part), part.to_lowercase());
    tx.query(&SUGGEST, params![conversation, but, &pattern, &key, limit])
}

/// Ids and names of at most `limit` guests in a conversation, except the attendee `but`.
pub fn list_guests(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    but: AttendeeId,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(&LIST_GUESTS, params![conversation, but, limit])
}

/// The attendee of the guest with this id.
pub fn find_guest_by_actor(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    actor_id: &str,
) -> Result<Option<Attendee>, StoreError> {
    tx.query_one(&FIND_GUEST_BY_ACTOR, params![conversation, actor_id])
}

/// Marks the conversation as a favourite of the attendee, or removes the mark.
pub fn set_favorite(tx: &mut Transaction<'_>, id: AttendeeId, favorite: bool) -> Result<(), StoreError> {
    tx.execute(&SET_FAVORITE, params![favorite, id]).map(drop)
}

/// Changes the notification level.
pub fn set_notification_level(
    tx: &mut Transaction<'_>,
    id: AttendeeId,
    level: NotificationLevel,
) -> Result<(), StoreError> {
    tx.execute(&SET_NOTIFICATION_LEVEL, params![level, id]).map(drop)
}

/// Deletes an attendee with their sessions, which are not in the call, and their notifications of the conversation.
pub fn delete(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    attendee: &Attendee,
) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![attendee.id])?;
    if let Some(account) = attendee.account {
        notifications::delete_for_attendee(tx, conversation, account)?;
    }
    let difference = match attendee.kind {
        ActorKind::User => {
            let moderators = -i64::from(attendee.participant_type.is_signed_in_moderator());
            AttendeeCounts { accounts: -1, moderators, ..AttendeeCounts::default() }
        }
        ActorKind::Guest => AttendeeCounts { guests: -1, ..AttendeeCounts::default() },
        ActorKind::Email | ActorKind::Group | ActorKind::Circle | ActorKind::Bot | ActorKind::DeletedUser => {
            return Ok(());
        }
    };
    conversations::count_attendees(tx, conversation, difference)
}

/// Deletes all guests, invited addresses and self-joined accounts of a conversation. None of them is in the call.
pub fn delete_transient(tx: &mut Transaction<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    // Sessions are locked before their attendees, in the same order as by a ping.
    tx.execute(&DELETE_TRANSIENT_SESSIONS, params![conversation])?;
    let mut delete = |statement, params: &[_]| {
        let rows = tx.execute(statement, params)?;
        Ok::<_, StoreError>(i64::try_from(rows).unwrap_or(i64::MAX))
    };
    let accounts = -delete(&DELETE_SELF_JOINED, params![conversation])?;
    let guests = -delete(&DELETE_GUESTS, params![conversation])?;
    delete(&DELETE_ADDRESSES, params![conversation])?;
    if accounts < 0 {
        notifications::delete_for_attendees(tx, conversation)?;
    }
    conversations::count_attendees(
        tx,
        conversation,
        AttendeeCounts { accounts, guests, ..AttendeeCounts::default() },
    )
}

/// The group and public conversations of an account in which nobody else is an owner or moderator, each with the user
/// who has been in it longest; one who can sign in comes before one who cannot.
pub fn list_successors(
    tx: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<(Conversation, Attendee)>, StoreError> {
    tx.query(&LIST_SUCCESSORS, params![account])
}

/// Deletes all attendees of an account, after [`super::messages::insert_account_left`] has reported it. The
/// conversations have to be locked, see [`conversations::lock_of_account`].
pub fn delete_of_account(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    conversations::account_leaves_all(tx, account)?;
    notifications::delete_all(tx, account)?;
    tx.execute(&DELETE_SESSIONS_OF_ACCOUNT, params![account])?;
    tx.execute(&DELETE_OF_ACCOUNT, params![account]).map(drop)
}
