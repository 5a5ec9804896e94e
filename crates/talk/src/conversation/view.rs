//! A conversation as one caller sees it: everything that any version of the API shows.

use plauder_model::{
    ConversationId, ConversationType, LobbyState, MessageId, NotificationLevel, ParticipantType, ReadOnly,
    Timestamp, Token, conversation, person,
};
use plauder_store::actors::AccountName;
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::memberships::{ConversationMember, Membership};
use plauder_store::message_names::Mention;
use plauder_store::sessions::Session;

use super::password_request::{self, PASSWORD_REQUEST};
use crate::Settings;
use crate::chat::message::{MessageView, Place, Viewer};

/// A conversation as one caller sees it. What the caller may not see is absent.
///
/// | caller | `settings`, `own` | `content` |
/// |---|---|---|
/// | attendee | present | present |
/// | attendee in the lobby | present | absent |
/// | nobody in it (public conversations only) | absent | absent |
///
/// A version of the API whose objects have no absent members shows the `Default` of an absent part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The conversation's id.
    pub id: ConversationId,
    /// The conversation's token.
    pub token: Token,
    /// The conversation's type.
    pub kind: ConversationType,
    /// Whether a password is needed to join.
    pub has_password: bool,
    /// What the conversation is called and how it is set up.
    pub settings: Option<RoomSettings>,
    /// What the conversation keeps for the caller.
    pub own: Option<OwnState>,
    /// What happens in the conversation.
    pub content: Option<RoomContent>,
}

/// What a conversation is called and how it is set up: known to all its attendees, also in the lobby.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSettings {
    /// The name; in one-to-one conversations the id of the other account.
    pub name: String,
    /// The name to show: the name, or else the names of the members.
    pub display_name: String,
    /// The type of the object that the conversation belongs to; empty: none.
    pub object_type: String,
    /// The id of the object that the conversation belongs to; empty: none.
    pub object_id: String,
    /// Whether the conversation is read-only.
    pub read_only: ReadOnly,
    /// To whom the lobby is closed.
    pub lobby_state: LobbyState,
    /// When the lobby opens by itself; 0: never.
    pub lobby_timer: Timestamp,
    /// The time of the last change or message.
    pub last_activity: Timestamp,
}

/// What a conversation keeps for one attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnState {
    /// The attendee's participant type.
    pub participant_type: ParticipantType,
    /// The flags of the attendee's session in the call; 0: not in the call.
    pub participant_flags: i64,
    /// Whether the attendee may leave.
    pub can_leave: bool,
    /// Whether the attendee may delete the conversation.
    pub can_delete: bool,
    /// Whether the conversation is one of the attendee's favourites.
    pub is_favorite: bool,
    /// The attendee's notification level: never the default, but what it stands for.
    pub notification_level: NotificationLevel,
    /// When the attendee was last online; 0: never.
    pub last_ping: Timestamp,
    /// The attendee's session, if they are online.
    pub session_id: Option<String>,
}

/// What happens in a conversation: for attendees whom the lobby lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomContent {
    /// Whether a call is on.
    pub has_call: bool,
    /// Whether the attendee may start a call.
    pub can_start_call: bool,
    /// The last message that the attendee has read; 0: none.
    pub last_read_message: MessageId,
    /// The number of written messages that the attendee has not read.
    pub unread_messages: i64,
    /// Whether the attendee was mentioned in one of them.
    pub unread_mention: bool,
    /// The number of guests who are online.
    pub guests: i64,
    /// The accounts in the conversation, the last one that was online first. Only where they were asked for, see
    /// [`Detail`].
    pub participants: Vec<Participant>,
    /// The last message.
    pub last_message: Option<MessageView>,
}

/// A member of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The account's id.
    pub user_id: String,
    /// The name to show.
    pub display_name: String,
    /// The participant type.
    pub participant_type: ParticipantType,
    /// The flags in the call; 0: not in the call.
    pub in_call: i64,
    /// The session, if there is one.
    pub session_id: Option<String>,
}

/// How much of a conversation is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Without its members.
    Plain,
    /// With its members: the only part whose cost grows with them.
    WithParticipants,
}

/// A conversation as one of its attendees sees it. `nameless` are the names of the members, for a conversation without
/// a name; `names` are those of the last message.
pub(crate) fn for_attendee<'a>(
    membership: Membership,
    settings: &Settings,
    nameless: impl IntoIterator<Item = &'a str>,
    members: impl IntoIterator<Item = ConversationMember>,
    names: &[Mention],
    now: Timestamp,
) -> RoomView {
    let Membership { conversation, attendee, session, partner, last_message } = membership;
    let is_in_lobby = conversation.holds_in_lobby(attendee.participant_type, now);
    let content = (!is_in_lobby).then(|| RoomContent {
        participants: members.into_iter().map(Participant::from).collect(),
        last_message: last_message.map(|message| MessageView {
            // Only the chat shows reference ids.
            reference_id: String::new(),
            ..MessageView::new(&message, &place(&conversation), Viewer::new(&attendee), names)
        }),
        ..RoomContent::new(&conversation, &attendee, settings)
    });
    RoomView {
        own: Some(OwnState::new(&conversation, &attendee, session, settings)),
        settings: Some(RoomSettings::new(&conversation, partner, nameless, now)),
        content,
        ..for_non_member(&conversation)
    }
}

/// A public conversation as a non-member sees it: that it exists, and whether it needs a password.
pub(crate) fn for_non_member(conversation: &Conversation) -> RoomView {
    RoomView {
        id: conversation.id,
        token: conversation.token.clone(),
        kind: conversation.kind,
        has_password: !conversation.password_hash.is_empty(),
        settings: None,
        own: None,
        content: None,
    }
}

impl RoomSettings {
    fn new<'a>(
        conversation: &Conversation,
        partner: Option<AccountName>,
        nameless: impl IntoIterator<Item = &'a str>,
        now: Timestamp,
    ) -> Self {
        let (name, display_name) = own_names(conversation, partner, nameless);
        let (lobby_state, lobby_timer) = conversation.lobby(now);
        Self {
            name,
            display_name,
            object_type: conversation.object_type.clone(),
            object_id: conversation.object_id.clone(),
            read_only: conversation.read_only,
            lobby_state,
            lobby_timer,
            last_activity: conversation.last_activity,
        }
    }
}

impl OwnState {
    fn new(
        conversation: &Conversation,
        attendee: &Attendee,
        session: Option<Session>,
        settings: &Settings,
    ) -> Self {
        let participant_type = attendee.participant_type;
        let is_pair = conversation.kind == ConversationType::OneToOne;
        let is_only_moderator = conversation.has_only_moderator(participant_type);
        let level = attendee.notification_level;
        Self {
            participant_type,
            participant_flags: session.as_ref().map_or(0, |session| session.in_call),
            can_leave: !participant_type.is_guest() && (is_pair || !is_only_moderator),
            can_delete: participant_type.is_signed_in_moderator() && !is_pair,
            is_favorite: attendee.favorite,
            notification_level: level.effective(
                participant_type,
                conversation.kind,
                settings.default_group_notification,
            ),
            last_ping: attendee.last_ping,
            session_id: session.map(|session| session.session_id),
        }
    }
}

impl RoomContent {
    /// The content without its participants and its last message.
    fn new(conversation: &Conversation, attendee: &Attendee, settings: &Settings) -> Self {
        // Guests have no read marker.
        let has_marker = attendee.account.is_some();
        let read = attendee.last_read_message;
        Self {
            has_call: conversation.call_since > 0,
            can_start_call: settings.start_calls.allows(attendee.participant_type),
            last_read_message: if has_marker { read } else { MessageId(0) },
            unread_messages: if has_marker {
                (conversation.comment_count - attendee.read_comment_index).max(0)
            } else {
                0
            },
            unread_mention: attendee.account.is_some_and(|account| {
                attendee.last_mention.max(conversation.all_mention_for(account)) > read
            }),
            guests: conversation.guests,
            participants: Vec::new(),
            last_message: None,
        }
    }
}

impl Default for RoomContent {
    fn default() -> Self {
        Self {
            has_call: false,
            can_start_call: false,
            last_read_message: MessageId(0),
            unread_messages: 0,
            unread_mention: false,
            guests: 0,
            participants: Vec::new(),
            last_message: None,
        }
    }
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            display_name: String::new(),
            object_type: String::new(),
            object_id: String::new(),
            read_only: ReadOnly::Off,
            lobby_state: LobbyState::Off,
            lobby_timer: 0,
            last_activity: 0,
        }
    }
}

impl Default for OwnState {
    /// The state of a guest who has not joined.
    fn default() -> Self {
        Self {
            participant_type: ParticipantType::Guest,
            participant_flags: 0,
            can_leave: false,
            can_delete: false,
            is_favorite: false,
            notification_level: NotificationLevel::Never,
            last_ping: 0,
            session_id: None,
        }
    }
}

/// The place of messages of a conversation. One-to-one conversations and conversations without a name have no name that
/// is the same for all readers.
#[must_use]
pub fn place(conversation: &Conversation) -> Place<'_> {
    let name = match conversation.object_type.as_str() {
        PASSWORD_REQUEST => password_request::display_name(&conversation.name).into(),
        _ => conversation.name.as_str().into(),
    };
    Place { token: &conversation.token, kind: conversation.kind, name }
}

/// The members `name` and `displayName` of a conversation.
pub(crate) fn own_names<'a>(
    conversation: &Conversation,
    partner: Option<AccountName>,
    nameless: impl IntoIterator<Item = &'a str>,
) -> (String, String) {
    match partner {
        Some(partner) if partner.deleted => {
            let shown = person::deleted_user(&partner.user_id);
            (partner.user_id, shown)
        }
        Some(partner) => (partner.user_id, partner.display_name),
        None if conversation.name.is_empty() => (String::new(), conversation::name_from_members(nameless)),
        None => (conversation.name.clone(), place(conversation).name.into_owned()),
    }
}

impl From<ConversationMember> for Participant {
    fn from(member: ConversationMember) -> Self {
        Self {
            user_id: member.actor.id,
            display_name: member.display_name,
            participant_type: member.participant_type,
            in_call: member.session.as_ref().map_or(0, |session| session.in_call),
            session_id: member.session.map(|session| session.session_id),
        }
    }
}
