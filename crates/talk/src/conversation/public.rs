//! "Allow guests in a conversation" and "Disallow guests in a conversation".

use plauder_model::{ConversationType, Reason, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::sessions::Scope;
use plauder_store::{StoreError, Transaction, attendees, conversations, messages};
use thiserror::Error;

use super::DoorError;
use super::door::{Seat, enter_account};
use crate::call;
use crate::refusal::{Refusal, UseCaseError};

/// Why a conversation is not opened or closed.
#[derive(Debug, Error)]
pub enum PublicError {
    /// Not from there.
    #[error(transparent)]
    Door(#[from] DoorError),
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
            Self::Door(error) => error.refusal(),
            Self::NotGroup | Self::NotPublic => Reason::RoomType.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Opens a group conversation to everyone who knows its token. For owners and moderators.
pub fn open(tx: &mut Transaction<'_>, account: &Account, token: &Token) -> Result<(), PublicError> {
    let seat = enter_account(tx, account, token)?.of_signed_in_moderator()?;
    if seat.conversation.kind != ConversationType::Group {
        return Err(PublicError::NotGroup);
    }
    Ok(let_guests_in(tx, &seat)?)
}

/// Opens a group conversation from a moderator's seat.
pub(crate) fn let_guests_in(tx: &mut Transaction<'_>, seat: &Seat) -> Result<(), StoreError> {
    conversations::set_type(tx, seat.conversation.id, ConversationType::Public)?;
    messages::insert_happening(tx, &seat.conversation, seat.who(), &SystemMessage::GuestsAllowed, None)?;
    Ok(())
}

/// Closes a public conversation: who came through its link loses their seat. Its password stays. For owners and
/// moderators.
pub fn close(tx: &mut Transaction<'_>, account: &Account, token: &Token) -> Result<(), PublicError> {
    let seat = enter_account(tx, account, token)?.of_signed_in_moderator()?;
    if seat.conversation.kind != ConversationType::Public {
        return Err(PublicError::NotPublic);
    }
    let Seat { conversation, .. } = &seat;
    conversations::set_type(tx, conversation.id, ConversationType::Group)?;
    call::hang_up(tx, conversation, seat.who(), Scope::Passing)?;
    attendees::delete_passing(tx, conversation.id)?;
    messages::insert_happening(tx, conversation, seat.who(), &SystemMessage::GuestsDisallowed, None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_model::ParticipantType;

    use super::*;
    use crate::testing::App;

    #[test]
    fn opened_and_closed() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let try_to =
            |account: &Account,
             what: fn(&mut Transaction<'_>, &Account, &Token) -> Result<(), PublicError>| {
                let (account, room) = (account.clone(), room.clone());
                app.try_write(move |tx| what(tx, &account, &room))
            };
        assert!(matches!(try_to(&carla, open), Err(PublicError::Door(DoorError::NotFound))));
        assert!(matches!(try_to(&bob, open), Err(PublicError::Door(DoorError::NotModerator))));
        assert!(matches!(try_to(&alice, close), Err(PublicError::NotPublic)));
        try_to(&alice, open).unwrap();
        assert!(matches!(try_to(&alice, open), Err(PublicError::NotGroup)));
        assert_eq!(app.lists(&bob)[0].last_message.as_ref().unwrap().system_message, "guests_allowed");

        let (token, came) = (room.clone(), carla.id);
        app.write(move |tx| {
            let conversation = conversations::lock(tx, &token)?.unwrap();
            attendees::insert(tx, &conversation, came, ParticipantType::SelfJoined)
        });
        assert_eq!(app.lists(&carla).len(), 1);
        try_to(&alice, close).unwrap();
        assert_eq!(app.lists(&carla).len(), 0, "who came through the link is out");
        assert_eq!(app.lists(&bob)[0].last_message.as_ref().unwrap().system_message, "guests_disallowed");
        let kept = app.write(move |tx| conversations::find(tx, &room)).unwrap();
        assert_eq!((kept.kind, kept.accounts, kept.moderators), (ConversationType::Group, 2, 1));
    }
}
