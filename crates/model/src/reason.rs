//! Why a request is refused.

/// Why a use case refuses a request. Every error of a use case has a reason. Every version of the API maps each reason
/// to a response with a `match` without a catch-all, so that a new reason does not compile until it has a response in
/// each version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    // Access
    /// The credentials are invalid or have expired.
    Unauthenticated,
    /// The policy of the operation does not admit the caller, or the caller lacks a permission in the conversation.
    Forbidden,
    /// The addressed object does not exist, or the caller may not know that it does.
    NotFound,
    /// The operation needs moderator permissions.
    NotModerator,
    /// The lobby is closed to the caller.
    Lobby,
    /// The conversation is read-only.
    ReadOnly,
    /// The conversation's password is missing or wrong.
    WrongPassword,
    /// The caller has another session, which is alive.
    SessionConflict,
    /// The caller is not online in the conversation.
    NoSession,
    /// Only guests may do this.
    GuestsOnly,

    // Conversations
    /// The operation is not possible in a conversation of this type, or there is no such type.
    RoomType,
    /// Only a public conversation has a password.
    NotPublic,
    /// The name is empty, too long, or contains characters that a name may not contain.
    Name,
    /// A value is outside the range that the operation accepts.
    Value,
    /// The caller may not create conversations.
    CreationRestricted,
    /// The invited account, group or team does not exist.
    UnknownInvitee,
    /// `source` is not a source of participants.
    Source,
    /// Teams are switched off.
    TeamsDisabled,

    // Participants
    /// The named participant, account, group or team does not exist or is not in the conversation.
    UnknownParticipant,
    /// The text is not an e-mail address.
    EmailAddress,
    /// The caller is the target, which this operation does not permit.
    Oneself,
    /// The target is an owner.
    Owner,
    /// The participant type of the target does not permit the change.
    ParticipantType,
    /// The target is not a guest.
    NotGuest,
    /// The last moderator cannot leave while other participants are in the conversation.
    LastModerator,

    // Calls
    /// The caller may join a call, but not start one.
    StartCall,

    // Chat
    /// The message is empty.
    MessageEmpty,
    /// The message is too long.
    MessageTooLong,
    /// The id names no message of the conversation.
    UnknownMessage,
    /// The message cannot be replied to.
    NotReplyable,

    // Accounts, groups and settings
    /// The id is not acceptable for an account or a group.
    IdFormat,
    /// The display name is not acceptable.
    DisplayName,
    /// An account or group of this id exists already.
    Exists,
    /// The account does not exist.
    UnknownAccount,
    /// The group does not exist.
    UnknownGroup,
    /// The group `admin` cannot be deleted, and administrators cannot remove themselves from it.
    Protected,
    /// The password does not meet the requirements.
    PasswordPolicy,
    /// Neither a password nor a way to set one was given.
    PasswordMissing,
    /// The account has no such property.
    UnknownProperty,
    /// The setting does not exist.
    UnknownSetting,
    /// The caller has to present the account's own password.
    PasswordRequired,
    /// The caller has to present an app password.
    AppPasswordRequired,

    // Teams
    /// The caller's level in the team does not permit this.
    TeamLevel,

    // Shares
    /// The token of the share is not acceptable.
    ShareToken,
    /// The caller is not the configured share service.
    NotShareService,
    /// No share service is configured.
    NoShareService,

    // Failures that are not the caller's fault
    /// The store failed; the error itself goes to the log.
    Store,
}
