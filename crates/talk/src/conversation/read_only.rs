//! "Set read-only for a conversation".

use plauder_model::{ReadOnly, Reason, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::sessions::Scope;
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::access::{Access, AccessError, Capability};
use crate::call;
use crate::refusal::{Refusal, UseCaseError};

/// Why the read-only state is not changed.
#[derive(Debug, Error)]
pub enum ReadOnlyError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "400 When the conversation type does not support read-only".
    #[error("A conversation of this type cannot be read-only")]
    Type,
    /// The state does not exist.
    #[error("state has to be 0 (read-write) or 1 (read-only)")]
    State,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for ReadOnlyError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Type => Reason::RoomType.into(),
            Self::State => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Sets whether a conversation is read-only. Read-only ends the call for everybody. For owners and moderators.
pub fn set(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    state: i64,
) -> Result<(), ReadOnlyError> {
    let access = Access::load_locked(tx, account, token)?;
    access.require(Capability::ModerateSignedIn)?;
    let conversation = &access.conversation;
    if conversation.read_only.number() == state {
        return Ok(());
    }
    if !conversation.kind.supports_read_only() {
        return Err(ReadOnlyError::Type);
    }
    let state = ReadOnly::from_number(state).ok_or(ReadOnlyError::State)?;
    conversations::set_read_only(tx, conversation.id, state)?;
    let system_message = match state {
        ReadOnly::On => SystemMessage::ReadOnly,
        ReadOnly::Off => SystemMessage::ReadOnlyOff,
    };
    messages::insert_system_message(tx, conversation, access.actor(), &system_message, None)?;
    if state == ReadOnly::On {
        call::remove_from_call(tx, conversation, access.actor(), Scope::Everybody)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn a_conversation_is_locked_and_unlocked() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let pair = app.makes_one_to_one(&alice, "bob");
        let try_set = |account: &Account, token: &Token, state| {
            let (account, token) = (account.clone(), token.clone());
            app.try_write(move |tx| set(tx, &account, &token, state))
        };
        assert!(matches!(try_set(&bob, &room, 1), Err(ReadOnlyError::Access(AccessError::NotModerator))));
        for state in [2, -1] {
            assert!(matches!(try_set(&alice, &room, state), Err(ReadOnlyError::State)));
        }
        let last = || app.lists(&bob)[0].last_message();
        try_set(&alice, &room, 1).unwrap();
        assert_eq!(
            (app.lists(&bob)[0].settings().read_only, last().system_message.as_str()),
            (ReadOnly::On, "read_only")
        );
        let system_message = last().id;
        try_set(&alice, &room, 1).unwrap();
        assert_eq!(last().id, system_message, "nothing changed, nothing is told");
        try_set(&alice, &room, 0).unwrap();
        assert_eq!(
            (app.lists(&bob)[0].settings().read_only, last().system_message.as_str()),
            (ReadOnly::Off, "read_only_off")
        );

        assert!(matches!(try_set(&alice, &pair, 1), Err(ReadOnlyError::Type)));
        assert!(try_set(&alice, &pair, 0).is_ok(), "that is what it is already");
    }
}
