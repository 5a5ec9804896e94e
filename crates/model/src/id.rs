//! The numbers of rows in the store. Some of them are also ids on the wire.

/// Declares a type for each kind of id, so that the compiler refuses one kind of id in place of another.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// An account. The number is never used again, even if a new account gets the user id of a deleted one.
    AccountId,
    /// A group of accounts.
    GroupKey,
    /// A circle of accounts.
    CircleKey,
    /// A conversation (member `id` of the conversation object).
    ConversationId,
    /// An attendee of a conversation.
    AttendeeId,
    /// A session of an attendee who is online in a conversation.
    SessionKey,
    /// A message; within a conversation, ids grow in the order in which messages become visible.
    MessageId,
    /// An app password.
    AppPasswordId,
    /// Something that an account is told of.
    NotificationId,
    /// A mail in the outbox.
    MailId,
}
