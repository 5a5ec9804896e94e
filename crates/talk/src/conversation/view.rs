//! A conversation as one person sees it: everything that any version of the API shows.

use plauder_model::{
    ConversationId, ConversationType, LobbyState, MessageId, NotificationLevel, ParticipantType, ReadOnly,
    Timestamp, Token, conversation, person,
};
use plauder_store::actors::AccountName;
use plauder_store::conversations::Conversation;
use plauder_store::memberships::{Member, Membership};
use plauder_store::message_names::Mention;

use super::password_request::{self, PASSWORD_REQUEST};
use crate::Settings;
use crate::chat::message::{MessageView, Place, Viewer};

/// A conversation as one person sees it. The members are those of the API's conversation object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationView {
    /// Its number.
    pub id: ConversationId,
    /// Its name in addresses.
    pub token: Token,
    /// Its kind.
    pub kind: ConversationType,
    /// Its name; in one-to-one conversations the other one's id.
    pub name: String,
    /// What to call it: the name, or else what its members are called.
    pub display_name: String,
    /// What kind of object it belongs to; empty: none.
    pub object_type: String,
    /// Which object it belongs to; empty: none.
    pub object_id: String,
    /// The viewer's rank.
    pub participant_type: ParticipantType,
    /// The viewer's flags in the call; 0: not in it.
    pub participant_flags: i64,
    /// Whether people may write and call.
    pub read_only: ReadOnly,
    /// Whether strangers need a password.
    pub has_password: bool,
    /// Whether a call is on.
    pub has_call: bool,
    /// Whether the viewer may start a call.
    pub can_start_call: bool,
    /// Whether the viewer may leave.
    pub can_leave: bool,
    /// Whether the viewer may delete it.
    pub can_delete: bool,
    /// When something last happened in it.
    pub last_activity: Timestamp,
    /// The last message that the viewer has read; 0: none.
    pub last_read_message: MessageId,
    /// How many written messages the viewer has not read.
    pub unread_messages: i64,
    /// Whether the viewer was mentioned in one of them.
    pub unread_mention: bool,
    /// Whether it is one of the viewer's favourites.
    pub is_favorite: bool,
    /// What the viewer is told of: never the default, but what it stands for.
    pub notification_level: NotificationLevel,
    /// When the viewer was last online in it; 0: never.
    pub last_ping: Timestamp,
    /// The viewer's session, if they are online in it.
    pub session_id: Option<String>,
    /// How many guests are online in it.
    pub guests: i64,
    /// The accounts in it, who was online last first. Only where they were asked for, see [`Detail`].
    pub participants: Vec<Participant>,
    /// The last message.
    pub last_message: Option<MessageView>,
    /// Whom the lobby keeps waiting.
    pub lobby_state: LobbyState,
    /// When the lobby opens by itself; 0: never.
    pub lobby_timer: Timestamp,
}

/// A member of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Their id.
    pub user_id: String,
    /// Their name.
    pub display_name: String,
    /// Their rank.
    pub rank: ParticipantType,
    /// Their flags in the call; 0: not in it.
    pub in_call: i64,
    /// Their session, if they are online.
    pub session_id: Option<String>,
}

/// How much of a conversation somebody wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Without its members.
    Plain,
    /// With its members: the only part whose cost grows with them.
    WithParticipants,
}

/// How somebody sees a conversation in which they have a seat. `nameless` are the members' names, for when it has no
/// name of its own; `names` those that belong to the last message.
pub(crate) fn of_member<'a>(
    membership: Membership,
    settings: &Settings,
    nameless: impl IntoIterator<Item = &'a str>,
    members: impl IntoIterator<Item = Member>,
    names: &[Mention],
    now: Timestamp,
) -> ConversationView {
    let Membership { conversation, seat, session, partner, last_message } = membership;
    let rank = seat.rank;
    let is_pair = conversation.kind == ConversationType::OneToOne;
    let (lobby_state, lobby_timer) = conversation.lobby(now);
    let in_lobby = conversation.keeps_waiting(rank, now);
    // Guests come and go; nothing of what they have read is kept.
    let reads = seat.account.is_some();
    let is_only_moderator = conversation.has_only_moderator(rank);
    let (name, display_name) = own_names(&conversation, partner, nameless);
    let place = place(&conversation);
    let last_message = last_message.map(|message| MessageView {
        // It is for the program that wrote it and reads the chat; it never stands here.
        reference_id: String::new(),
        ..MessageView::of(&message, &place, Viewer::of(&seat), names)
    });
    let level = seat.notification_level;
    let mut view = ConversationView {
        name,
        display_name,
        participant_type: rank,
        participant_flags: session.as_ref().map_or(0, |session| session.in_call),
        has_call: conversation.call_since > 0,
        can_start_call: settings.start_calls.allows(rank),
        can_leave: !rank.is_guest() && (is_pair || !is_only_moderator),
        can_delete: rank.is_signed_in_moderator() && !is_pair,
        last_activity: conversation.last_activity,
        last_read_message: if reads { seat.last_read_message } else { MessageId(0) },
        unread_messages: if reads { (conversation.written - seat.read_ordinal).max(0) } else { 0 },
        unread_mention: seat.account.is_some_and(|account| {
            seat.last_mention.max(conversation.all_mention_for(account)) > seat.last_read_message
        }),
        is_favorite: seat.favorite,
        notification_level: level.effective(rank, conversation.kind, settings.default_group_notification),
        last_ping: seat.last_ping,
        session_id: session.map(|session| session.session_id),
        guests: conversation.guests,
        participants: members.into_iter().map(Participant::from).collect(),
        last_message,
        read_only: conversation.read_only,
        lobby_state,
        lobby_timer,
        object_type: conversation.object_type.clone(),
        object_id: conversation.object_id.clone(),
        ..of_stranger(&conversation)
    };
    if in_lobby {
        view.keep_waiting();
    }
    view
}

/// Where messages of a conversation are. Its name is what it is called; one-to-one conversations, and those that are
/// called after their members, have none that is the same for everybody.
#[must_use]
pub fn place(conversation: &Conversation) -> Place<'_> {
    let name = match conversation.object_type.as_str() {
        PASSWORD_REQUEST => password_request::display_name(&conversation.name).into(),
        _ => conversation.name.as_str().into(),
    };
    Place { token: &conversation.token, kind: conversation.kind, name }
}

/// How somebody without a seat sees a public conversation: that it is there, and whether it needs a password.
pub(crate) fn of_stranger(conversation: &Conversation) -> ConversationView {
    ConversationView {
        id: conversation.id,
        token: conversation.token.clone(),
        kind: conversation.kind,
        name: String::new(),
        display_name: String::new(),
        object_type: String::new(),
        object_id: String::new(),
        participant_type: ParticipantType::Guest,
        participant_flags: 0,
        read_only: ReadOnly::Off,
        has_password: !conversation.password_hash.is_empty(),
        has_call: false,
        can_start_call: false,
        can_leave: false,
        can_delete: false,
        last_activity: 0,
        last_read_message: MessageId(0),
        unread_messages: 0,
        unread_mention: false,
        is_favorite: false,
        notification_level: NotificationLevel::Never,
        last_ping: 0,
        session_id: None,
        guests: 0,
        participants: Vec::new(),
        last_message: None,
        lobby_state: LobbyState::Off,
        lobby_timer: 0,
    }
}

impl ConversationView {
    /// Takes away what somebody in the lobby does not see.
    fn keep_waiting(&mut self) {
        self.has_call = false;
        self.can_start_call = false;
        self.last_read_message = MessageId(0);
        self.unread_messages = 0;
        self.unread_mention = false;
        self.guests = 0;
        self.participants.clear();
        self.last_message = None;
    }
}

/// What a conversation is called in its members `name` and `displayName`.
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

impl From<Member> for Participant {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.actor.id,
            display_name: member.display_name,
            rank: member.rank,
            in_call: member.session.as_ref().map_or(0, |session| session.in_call),
            session_id: member.session.map(|session| session.session_id),
        }
    }
}
