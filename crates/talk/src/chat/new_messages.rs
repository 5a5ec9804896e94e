//! New messages of a conversation, for the clients that wait for them.

use plauder_model::{AttendeeId, ConversationId, MessageId, Token, session};
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, access_epoch, attendees, conversations, messages, sessions};

use super::history::{MAX_MESSAGES, Query};
use super::message::Viewer;
pub use super::page::Page;
use crate::Caller;
use crate::access::{Access, AccessError, Capability};

/// At what state of a conversation and of the whole server somebody was let in: the newer the greater. What comes later
/// is for them while this is the same; when it is not, they have to be let in again.
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

/// What somebody who wants to know what is new gets at first.
#[derive(Debug)]
pub struct FirstRead {
    /// The conversation.
    pub conversation: Conversation,
    /// Who looks.
    pub viewer: Viewer,
    /// What they were let in at.
    pub access_version: AccessVersion,
    /// Their seat.
    pub attendee: AttendeeId,
    /// Up to where they have read, once what has to be written is.
    pub marker: MessageId,
    /// What is new already; nothing: they may wait.
    pub page: Page,
    /// What has to be written because they are there, see [`super::record_presence`].
    pub presence: PresenceUpdate,
}

/// What has to be written because somebody waits in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenceUpdate {
    /// Where.
    pub conversation: ConversationId,
    /// Whose seat it is.
    pub attendee: AttendeeId,
    /// They are online, and their last ping is some time ago.
    pub ping: bool,
    /// They have read up to here, which is further than what is kept.
    pub marker: Option<MessageId>,
}

impl PresenceUpdate {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.ping && self.marker.is_none()
    }
}

/// How old a ping may be before it is kept anew, in seconds: well within the time that a session lives without one, and
/// seldom enough that waiting writes next to nothing.
const PING_AFTER: i64 = session::ALIVE_SECONDS / 5;

/// Lets somebody look for what is new after the message that they know, the oldest first. With `mark_read`, they have
/// read up to that message. Not for whom the lobby keeps waiting.
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

/// Whether who was let in at `access_version`, when so many seats had gone, would be let in at the same now.
pub fn is_current_access(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    access_version: &AccessVersion,
    attendees_removed: i64,
) -> Result<bool, StoreError> {
    let now = conversations::access_counters(tx, conversation)?;
    Ok(now == Some((access_version.access, attendees_removed))
        && access_epoch::load(tx)? == access_version.epoch)
}

/// What came in a conversation after a message, read once for everybody who waits there.
#[derive(Debug)]
pub struct NewMessages {
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// Who was let in at this may see what is in it, if they still have a seat.
    pub access_version: AccessVersion,
    /// The seats that are left, if some went: the lowest number first.
    pub attendees: Vec<AttendeeId>,
    /// The messages, the oldest first.
    pub page: Page,
    /// Up to which message this is everything.
    pub last: MessageId,
}

/// What came after the message `after`; without one, which message is the last. Where there are others gone than the
/// `attendees_removed` that the caller knows of, also which seats are left. `None` if the conversation is gone.
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
