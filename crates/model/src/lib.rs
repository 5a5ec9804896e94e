//! The vocabulary of Plauder: conversations, attendees and messages, the numbers and names that represent their
//! properties on the wire and in the store, and the rules that need no data beside their arguments. Nothing in this
//! crate does input or output or waits.

pub mod actor;
pub mod attendee;
pub mod call;
pub mod circle;
pub mod conversation;
pub mod id;
pub mod mention;
pub mod message;
pub mod notification;
pub mod permissions;
pub mod person;
pub mod reason;
pub mod rich_object;
pub mod rng;
pub mod session;
pub mod system_message;
pub mod text;
pub mod time;
pub mod token;
mod wire;

pub use actor::{Actor, ActorKind, ActorRef};
pub use attendee::{NotificationLevel, ParticipantType, StartCalls};
pub use call::CallFlags;
pub use circle::CircleLevel;
pub use conversation::{ConversationName, ConversationType, LobbyState, ReadOnly};
pub use id::{
    AccountId, AppPasswordId, AttendeeId, CircleKey, ConversationId, GroupKey, MailId, MessageId,
    NotificationId, SessionKey,
};
pub use mention::MentionKind;
pub use message::MessageKind;
pub use notification::NotificationKind;
pub use permissions::Permissions;
pub use person::{EmailAddress, GroupId, UserId};
pub use reason::Reason;
pub use rich_object::RichObjectType;
pub use rng::Rng;
pub use system_message::SystemMessage;
pub use time::{Clock, Timestamp};
pub use token::Token;
