//! The names that SQL templates can have in braces: the rows of `tables/`, and constants of the model. Numbers and
//! names that the model declares appear in SQL only through these names.

use plauder_model::{
    ActorKind, CircleLevel, ConversationType, LobbyState, MentionKind, MessageKind, NotificationKind,
    NotificationLevel, ParticipantType, SystemMessage,
};

use crate::actors;
use crate::tables::{
    accounts, app_passwords, attendees, circles, conversations, groups, mails, memberships, message_names,
    messages, notifications, sessions, web_sessions,
};

/// The expansion of a name in a template.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    /// The columns of a row.
    Columns(&'static [&'static str]),
    /// A text in quotation marks.
    Text(&'static str),
    /// A number.
    Number(i64),
    /// The numbers of some participant types, for `IN`.
    ParticipantTypes(&'static [ParticipantType]),
}
use Word::{Columns, Number, ParticipantTypes, Text};

const WORDS: &[(&str, Word)] = &[
    // Rows
    ("Account", Columns(accounts::Account::COLUMNS)),
    ("AccountName", Columns(actors::AccountName::COLUMNS)),
    ("AppPassword", Columns(app_passwords::AppPassword::COLUMNS)),
    ("Attendee", Columns(attendees::Attendee::COLUMNS)),
    ("Circle", Columns(circles::Circle::COLUMNS)),
    ("CircleMember", Columns(circles::CircleMember::COLUMNS)),
    ("Conversation", Columns(conversations::Conversation::COLUMNS)),
    ("Group", Columns(groups::Group::COLUMNS)),
    ("Login", Columns(accounts::Login::COLUMNS)),
    ("Mail", Columns(mails::Mail::COLUMNS)),
    ("Member", Columns(memberships::MemberRow::COLUMNS)),
    ("Membership", Columns(memberships::Membership::COLUMNS)),
    ("Mention", Columns(message_names::MentionRow::COLUMNS)),
    ("Message", Columns(messages::Message::COLUMNS)),
    ("NamedActor", Columns(actors::NamedActorRow::COLUMNS)),
    ("Notification", Columns(notifications::Notification::COLUMNS)),
    ("Session", Columns(sessions::Session::COLUMNS)),
    ("RoomRevision", Columns(memberships::RoomRevision::COLUMNS)),
    ("WebSession", Columns(web_sessions::WebSession::COLUMNS)),
    // Actors and mentions
    ("users", Text(ActorKind::User.name())),
    ("guests", Text(ActorKind::Guest.name())),
    ("emails", Text(ActorKind::Email.name())),
    ("mentioned_guests", Text(MentionKind::Guest.name())),
    // Participant types
    ("user_type", Number(ParticipantType::User.number())),
    ("guest_type", Number(ParticipantType::Guest.number())),
    ("self_joined_type", Number(ParticipantType::SelfJoined.number())),
    ("moderators", ParticipantTypes(ParticipantType::MODERATORS)),
    ("signed_in_moderators", ParticipantTypes(ParticipantType::SIGNED_IN_MODERATORS)),
    ("non_moderators", ParticipantTypes(ParticipantType::NON_MODERATORS)),
    ("permanent", ParticipantTypes(ParticipantType::PERMANENT)),
    ("transient", ParticipantTypes(ParticipantType::TRANSIENT)),
    ("with_account", ParticipantTypes(ParticipantType::WITH_ACCOUNT)),
    // Conversations and teams
    ("one_to_one", Number(ConversationType::OneToOne.number())),
    ("group", Number(ConversationType::Group.number())),
    ("public", Number(ConversationType::Public.number())),
    ("lobby_off", Number(LobbyState::Off.number())),
    ("circle_owner", Number(CircleLevel::Owner.number())),
    // Notifications
    ("level_default", Number(NotificationLevel::Default.number())),
    ("level_always", Number(NotificationLevel::Always.number())),
    ("level_never", Number(NotificationLevel::Never.number())),
    ("invitation", Text(NotificationKind::Invitation.name())),
    ("mention", Text(NotificationKind::Mention.name())),
    ("mention_all", Text(NotificationKind::MentionAll.name())),
    ("reply", Text(NotificationKind::Reply.name())),
    ("message", Text(NotificationKind::Message.name())),
    ("call", Text(NotificationKind::Call.name())),
    ("missed_call", Text(NotificationKind::MissedCall.name())),
    // Messages
    ("comment", Text(MessageKind::Comment.name())),
    ("system", Text(MessageKind::System.name())),
    ("no_details", Text(SystemMessage::NO_DETAILS)),
    ("call_left", Text(SystemMessage::CallLeft.name())),
    ("user_added", Text(SystemMessage::UserAdded.name())),
    ("user_removed", Text(SystemMessage::UserRemoved.name())),
    ("conversation_created", Text(SystemMessage::ConversationCreated.name())),
];

/// The expansion of `name`. An unknown name fails the build.
pub(crate) const fn look_up(name: &[u8]) -> Word {
    let mut index = 0;
    while index < WORDS.len() {
        if is_equal(WORDS[index].0.as_bytes(), name) {
            return WORDS[index].1;
        }
        index += 1;
    }
    panic!("SQL has a name in braces that is not in crates/store/src/vocabulary.rs")
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}
