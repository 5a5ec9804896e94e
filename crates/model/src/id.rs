//! The numbers under which things are kept. Those of conversations and messages are seen on the wire.

/// Makes a number a type of its own, so that one kind of id is never taken for another.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// An account; never given again, also when an account of the same name is made after this one was deleted.
    AccountId,
    /// A group of accounts.
    GroupKey,
    /// A circle of accounts.
    CircleKey,
    /// A conversation (member `id` of the conversation object).
    ConversationId,
    /// Somebody's seat in a conversation.
    AttendeeId,
    /// Somebody's being online in a conversation.
    SessionKey,
    /// A message; within a conversation, ids grow in the order in which messages become visible.
    MessageId,
    /// An app password.
    AppPasswordId,
    /// Something that an account is told of.
    NotificationId,
    /// A mail on its way out.
    MailId,
}
