//! New messages of a conversation, for the clients that wait for them.

use plauder_model::{AttendeeId, ConversationId, MessageId, Token, session};
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, access_epoch, attendees, conversations, messages, sessions};

use super::history::{MAX_MESSAGES, Query};
use super::message::Viewer;
pub use super::page::Page;
use crate::Caller;
use crate::access::{Access, AccessError, Capability};

/// The version of the conversation's and the server's access rules at which a caller's access was checked; newer
/// versions are greater. While it is unchanged, new messages need no further check; after that access is checked again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd)]
pub struct AccessVersion {
    access: i64,
    epoch: i64,
}

impl AccessVersion {
    fn load(tx: &mut Transaction<'_>, conversation: &Conversation) -> Result<Self, StoreError> {
        Ok(Self { access: conversation.access, epoch: access_epoch::load(tx)? })
    }
}

/// The result of a client's first look for new messages.
#[derive(Debug)]
pub struct FirstRead {
    /// The conversation.
    pub conversation: Conversation,
    /// The reader.
    pub viewer: Viewer,
    /// The version at which access was checked.
    pub access_version: AccessVersion,
    /// The reader's attendee.
    pub attendee: AttendeeId,
    /// The reader's marker, once `presence` is written.
    pub marker: MessageId,
    /// The new messages; if there are none, the client may wait.
    pub page: Page,
    /// What has to be written for the reader, see [`super::record_presence`].
    pub presence: PresenceUpdate,
}

/// What has to be written because a client waits in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenceUpdate {
    /// The conversation.
    pub conversation: ConversationId,
    /// The client's attendee.
    pub attendee: AttendeeId,
    /// Whether to write a new ping: the attendee has a session, and the last ping is older than a fifth of the lifetime of a session.
    pub ping: bool,
    /// The new read marker, if it is ahead of the stored one.
    pub marker: Option<MessageId>,
}

impl PresenceUpdate {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.ping && self.marker.is_none()
    }
}

/// The age after which a ping is written again, in seconds: well within the time that a session lives without one, and
/// rare enough that a waiting client seldom writes.
const PING_AFTER: i64 = session::ALIVE_SECONDS / 5;

/// The messages after the one that the client knows, the oldest first. With `mark_read`, the read marker moves to the
/// known message. Refused in the lobby.
pub fn read_first(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    query: Query,
    mark_read: bool,
) -> Result<FirstRead, AccessError> {
    let now = tx.now();
    let access = Access::load(tx, caller, token)?;
    access.require(Capability::PassLobby)?;
    let access_version = AccessVersion::load(tx, &access.conversation)?;
    let after =
        if query.include_last_known { query.last_known.0.saturating_sub(1) } else { query.last_known.0 };
    let limit = query.limit.min(MAX_MESSAGES);
    let page = if access.conversation.last_message.0 > after {
        let found = messages::list_after(tx, access.conversation.id, MessageId(after), limit)?;
        Page::load(tx, &access.conversation, found)?
    } else {
        Page::default()
    };
    let read = query.last_known.min(access.conversation.last_message);
    let moves = mark_read && access.attendee.account.is_some() && read > access.attendee.last_read_message;
    let is_online = now - access.attendee.last_ping >= PING_AFTER
        && !sessions::list_by_attendee(tx, access.attendee.id)?.is_empty();
    let presence = PresenceUpdate {
        conversation: access.conversation.id,
        attendee: access.attendee.id,
        ping: is_online,
        marker: moves.then_some(read),
    };
    let viewer = Viewer::new(&access.attendee);
    let marker = presence.marker.unwrap_or(access.attendee.last_read_message);
    let (attendee, conversation) = (access.attendee.id, access.conversation);
    Ok(FirstRead { conversation, viewer, access_version, attendee, marker, page, presence })
}

/// Whether an access that was checked at `access_version`, after `attendees_removed` removals, still holds.
pub fn is_current_access(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    access_version: &AccessVersion,
    attendees_removed: i64,
) -> Result<bool, StoreError> {
    let now = conversations::find_access_counters(tx, conversation)?;
    Ok(now == Some((access_version.access, attendees_removed))
        && access_epoch::load(tx)? == access_version.epoch)
}

/// The messages of a conversation after a known one, read once for all clients that wait there.
#[derive(Debug)]
pub struct NewMessages {
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// Clients whose access was checked at this version may read the messages, if their attendee still exists.
    pub access_version: AccessVersion,
    /// The remaining attendees in ascending order, if any was removed since the caller's count.
    pub attendees: Vec<AttendeeId>,
    /// The messages, the oldest first.
    pub page: Page,
    /// The last message that this covers.
    pub last: MessageId,
}

/// The messages after `after`; without it, only the id of the last message. If the count of removals differs from
/// `attendees_removed`, also the remaining attendees. `None` if the conversation no longer exists.
pub fn messages_since(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    after: Option<MessageId>,
    attendees_removed: Option<i64>,
) -> Result<Option<NewMessages>, StoreError> {
    let Some(conversation) = conversations::find_by_id(tx, conversation)? else { return Ok(None) };
    let access_version = AccessVersion::load(tx, &conversation)?;
    let attendees = match attendees_removed {
        Some(known) if known != conversation.attendees_removed => attendees::list_ids(tx, conversation.id)?,
        _ => Vec::new(),
    };
    let Some(after) = after else {
        let last = conversation.last_message;
        return Ok(Some(NewMessages {
            conversation,
            access_version,
            attendees,
            page: Page::default(),
            last,
        }));
    };
    let found = messages::list_after(tx, conversation.id, after, MAX_MESSAGES)?;
    let last = found.last().map_or(after, |message| message.id);
    let page = Page::load(tx, &conversation, found)?;
    Ok(Some(NewMessages { conversation, access_version, attendees, page, last }))
}
