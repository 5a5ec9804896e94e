//! "Allow guests in a conversation" and "Disallow guests in a conversation".

use plauder_model::{ConversationType, Reason, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::sessions::Scope;
use plauder_store::{StoreError, Transaction, attendees, conversations, messages};
use thiserror::Error;

use crate::Rules;
use crate::access::{Access, AccessError, Capability};
use crate::call;
use crate::refusal::{Refusal, UseCaseError};

/// Why a conversation is not opened or closed.
#[derive(Debug, Error)]
pub enum PublicError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "400 When the conversation is not a group conversation".
    #[error("Only a group conversation can be opened to guests")]
    NotGroup,
    /// "400 When the conversation is not a public conversation".
    #[error("Only a public conversation can be closed to guests")]
    NotPublic,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for PublicError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::NotGroup | Self::NotPublic => Reason::RoomType.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Opens a group conversation to everyone who knows its token. For owners and moderators.
pub fn open(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    rules: &Rules,
) -> Result<(), PublicError> {
    let access = Access::load_locked(tx, account, token)?;
    access.require(Capability::ModerateSignedIn)?;
    if access.conversation.kind == ConversationType::Public && !rules.refuses_unchanged_openness {
        return Ok(());
    }
    if access.conversation.kind != ConversationType::Group {
        return Err(PublicError::NotGroup);
    }
    Ok(open_unchecked(tx, &access)?)
}

/// Opens a group conversation. Checks no permission.
pub(crate) fn open_unchecked(tx: &mut Transaction<'_>, access: &Access) -> Result<(), StoreError> {
    conversations::set_type(tx, access.conversation.id, ConversationType::Public)?;
    messages::insert_system_message(
        tx,
        &access.conversation,
        access.actor(),
        &SystemMessage::GuestsAllowed,
        None,
    )?;
    Ok(())
}

/// Closes a public conversation and removes its guests and self-joined accounts. Its password stays. For owners and
/// moderators.
pub fn close(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    rules: &Rules,
) -> Result<(), PublicError> {
    let access = Access::load_locked(tx, account, token)?;
    access.require(Capability::ModerateSignedIn)?;
    if access.conversation.kind == ConversationType::Group && !rules.refuses_unchanged_openness {
        return Ok(());
    }
    if access.conversation.kind != ConversationType::Public {
        return Err(PublicError::NotPublic);
    }
    let Access { conversation, .. } = &access;
    conversations::set_type(tx, conversation.id, ConversationType::Group)?;
    call::remove_from_call(tx, conversation, access.actor(), Scope::Transient)?;
    attendees::delete_transient(tx, conversation.id)?;
    messages::insert_system_message(
        tx,
        conversation,
        access.actor(),
        &SystemMessage::GuestsDisallowed,
        None,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_model::ParticipantType;

    use super::*;
    use crate::testing::App;

    #[test]
    fn a_conversation_is_opened_to_guests_and_closed() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let try_to =
            |account: &Account,
             what: fn(&mut Transaction<'_>, &Account, &Token, &Rules) -> Result<(), PublicError>| {
                let (account, room) = (account.clone(), room.clone());
                app.try_write(move |tx| what(tx, &account, &room, &Rules::V1))
            };
        assert!(matches!(try_to(&carla, open), Err(PublicError::Access(AccessError::NotFound))));
        assert!(matches!(try_to(&bob, open), Err(PublicError::Access(AccessError::NotModerator))));
        assert!(matches!(try_to(&alice, close), Err(PublicError::NotPublic)));
        try_to(&alice, open).unwrap();
        assert!(matches!(try_to(&alice, open), Err(PublicError::NotGroup)));
        let lenient = |tx: &mut Transaction<'_>, account: &Account, token: &Token, rules: &Rules| {
            open(tx, account, token, &Rules { refuses_unchanged_openness: false, ..*rules })
        };
        try_to(&alice, lenient).unwrap();
        assert_eq!(app.lists(&bob)[0].last_message().system_message, "guests_allowed");

        let (token, came) = (room.clone(), carla.id);
        app.write(move |tx| {
            let conversation = conversations::lock(tx, &token)?.unwrap();
            attendees::insert(tx, &conversation, came, ParticipantType::SelfJoined)
        });
        assert_eq!(app.lists(&carla).len(), 1);
        try_to(&alice, close).unwrap();
        assert_eq!(app.lists(&carla).len(), 0, "who came through the link is out");
        assert_eq!(app.lists(&bob)[0].last_message().system_message, "guests_disallowed");
        let stored = app.write(move |tx| conversations::find(tx, &room)).unwrap();
        assert_eq!((stored.kind, stored.accounts, stored.moderators), (ConversationType::Group, 2, 1));
    }
}
