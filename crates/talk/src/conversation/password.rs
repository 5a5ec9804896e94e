//! "Set password for a conversation".

use plauder_model::{ConversationType, Reason, SystemMessage, Token};
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::password::{MAX_BYTES, PasswordError};
use crate::refusal::{Refusal, UseCaseError};

/// Why the password of a conversation is not changed.
#[derive(Debug, Error)]
pub enum SetPasswordError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "403 When the conversation is not a public conversation".
    #[error("Only a public conversation has a password")]
    NotPublic,
    /// The password is not acceptable.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for SetPasswordError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::NotPublic => Reason::NotPublic.into(),
            Self::Password(error) => error.reason().into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Refuses unless the caller may change the password, and `password` is acceptable. Checked before the password is
/// hashed, because hashing is slow.
pub fn check(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    password: &str,
) -> Result<(), SetPasswordError> {
    require_permission(&Access::load(tx, caller, token)?)?;
    if password.len() > MAX_BYTES { Err(PasswordError::TooLong.into()) } else { Ok(()) }
}

/// Sets the hash of the password that non-members need to join; empty: no password. For owners, moderators and guest
/// moderators.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    hash: &str,
) -> Result<(), SetPasswordError> {
    let access = Access::load_locked(tx, caller, token)?;
    require_permission(&access)?;
    if hash.is_empty() && access.conversation.password_hash.is_empty() {
        return Ok(());
    }
    conversations::set_password(tx, access.conversation.id, hash)?;
    let system_message =
        if hash.is_empty() { SystemMessage::PasswordRemoved } else { SystemMessage::PasswordSet };
    messages::insert_system_message(tx, &access.conversation, access.actor(), &system_message, None)?;
    Ok(())
}

fn require_permission(access: &Access) -> Result<(), SetPasswordError> {
    access.require(Capability::Moderate)?;
    match access.conversation.kind {
        ConversationType::Public => Ok(()),
        ConversationType::OneToOne | ConversationType::Group | ConversationType::Changelog => {
            Err(SetPasswordError::NotPublic)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn a_password_is_set_and_removed() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Locked door");
        let group = app.makes_group(&alice, "Group");
        app.adds(&alice, &room, "bob");
        let try_set = |account, token: &Token, hash: &'static str| {
            let (caller, token) = (caller_of(account), token.clone());
            app.try_write(move |tx| {
                check(tx, &caller, &token, hash)?;
                set(tx, &caller, &token, hash)
            })
        };
        assert!(matches!(
            try_set(&bob, &room, "hash"),
            Err(SetPasswordError::Access(AccessError::NotModerator))
        ));
        assert!(matches!(try_set(&alice, &group, "hash"), Err(SetPasswordError::NotPublic)));
        let long = "x".repeat(MAX_BYTES + 1).leak();
        assert!(matches!(
            try_set(&alice, &room, long),
            Err(SetPasswordError::Password(PasswordError::TooLong))
        ));
        assert!(matches!(
            try_set(&bob, &room, long),
            Err(SetPasswordError::Access(AccessError::NotModerator))
        ));
        let seen = || app.lists(&bob).remove(0);
        let before = seen().content().last_message.clone();
        try_set(&alice, &room, "").unwrap();
        assert_eq!(seen().content().last_message, before, "there was none to remove");
        try_set(&alice, &room, "hash").unwrap();
        assert_eq!(
            (seen().has_password, seen().last_message().message.as_str()),
            (true, "{actor} set a password")
        );
        try_set(&alice, &room, "").unwrap();
        assert!(!seen().has_password);
        assert_eq!(seen().last_message().message, "{actor} removed the password");
    }
}
