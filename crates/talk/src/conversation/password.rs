//! "Set password for a conversation".

use plauder_model::{ConversationType, Reason, SystemMessage, Token};
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use super::DoorError;
use super::door::{Seat, enter};
use crate::Caller;
use crate::refusal::{Refusal, UseCaseError};

/// Why a conversation does not get that password.
#[derive(Debug, Error)]
pub enum SetPasswordError {
    /// Not from there.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// "403 When the conversation is not a public conversation".
    #[error("Only a public conversation has a password")]
    NotPublic,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for SetPasswordError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Door(error) => error.refusal(),
            Self::NotPublic => Reason::NotPublic.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Whether the caller may change the password: asked before the time is spent to hash one.
pub fn may_set(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<(), SetPasswordError> {
    of_keeper(enter(tx, caller, token)?).map(drop)
}

/// Makes strangers give the password with this hash; empty: none. For moderators, guests among them.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    hash: &str,
) -> Result<(), SetPasswordError> {
    let seat = of_keeper(enter(tx, caller, token)?)?;
    if hash.is_empty() && seat.conversation.password_hash.is_empty() {
        return Ok(());
    }
    conversations::set_password(tx, seat.conversation.id, hash)?;
    let told = if hash.is_empty() { SystemMessage::PasswordRemoved } else { SystemMessage::PasswordSet };
    messages::insert_happening(tx, &seat.conversation, seat.who(), &told, None)?;
    Ok(())
}

fn of_keeper(seat: Seat) -> Result<Seat, SetPasswordError> {
    let seat = seat.of_moderator()?;
    if seat.conversation.kind == ConversationType::Public {
        Ok(seat)
    } else {
        Err(SetPasswordError::NotPublic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn set_and_removed() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Locked door");
        let group = app.makes_group(&alice, "Group");
        app.adds(&alice, &room, "bob");
        let try_set = |account, token: &Token, hash: &'static str| {
            let (caller, token) = (caller_of(account), token.clone());
            app.try_write(move |tx| {
                may_set(tx, &caller, &token)?;
                set(tx, &caller, &token, hash)
            })
        };
        assert!(matches!(try_set(&bob, &room, "hash"), Err(SetPasswordError::Door(DoorError::NotModerator))));
        assert!(matches!(try_set(&alice, &group, "hash"), Err(SetPasswordError::NotPublic)));
        let seen = || app.lists(&bob).remove(0);
        let before = seen().last_message;
        try_set(&alice, &room, "").unwrap();
        assert_eq!(seen().last_message, before, "there was none to remove");
        try_set(&alice, &room, "hash").unwrap();
        assert_eq!(
            (seen().has_password, seen().last_message.unwrap().message.as_str()),
            (true, "{actor} set a password")
        );
        try_set(&alice, &room, "").unwrap();
        assert!(!seen().has_password);
        assert_eq!(seen().last_message.unwrap().message, "{actor} removed the password");
    }
}
