//! Administrators' commands on any conversation, whether they are in it or not.

use plauder_model::{ActorRef, ConversationType, ParticipantType, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::conversations::Conversation;
use plauder_store::memberships::{self, ConversationMember};
use plauder_store::{StoreError, Transaction, attendees, conversations, messages};
use thiserror::Error;

use super::delete;

/// Why an administrator's command on a conversation is refused.
#[derive(Debug, Error)]
pub enum AdministrationError {
    /// The conversation does not exist.
    #[error("there is no conversation with the token {0}")]
    NotFound(String),
    /// Both accounts of a one-to-one conversation own it.
    #[error("a one-to-one conversation has two owners and is removed when both have left it")]
    OneToOne,
    /// The account is not in the conversation.
    #[error("{0} is not in the conversation")]
    NotParticipant(String),
    /// The account is an owner or moderator.
    #[error("{0} is an owner or moderator of the conversation already")]
    Moderator(String),
    /// The account joined by itself through the link.
    #[error("{0} joined through the link and leaves the conversation when they go offline: add them first")]
    SelfJoined(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A conversation with its attendees.
pub fn show(
    tx: &mut Transaction<'_>,
    token: &str,
) -> Result<(Conversation, Vec<ConversationMember>), AdministrationError> {
    let conversation = match Token::parse(token) {
        Some(token) => conversations::find(tx, &token)?,
        None => None,
    };
    let conversation = conversation.ok_or_else(|| AdministrationError::NotFound(token.to_owned()))?;
    let members = memberships::list_members(tx, conversation.id)?;
    Ok((conversation, members))
}

/// Promotes a user of a group or public conversation to moderator.
pub fn promote(tx: &mut Transaction<'_>, token: &str, account: &Account) -> Result<(), AdministrationError> {
    let conversation = load_locked(tx, token)?;
    let user_id = || account.user_id.clone();
    let attendee = attendees::find(tx, conversation.id, account.id)?;
    let attendee = attendee.ok_or_else(|| AdministrationError::NotParticipant(user_id()))?;
    let participant_type =
        attendee.participant_type.promoted().ok_or_else(|| match attendee.participant_type {
            ParticipantType::SelfJoined => AdministrationError::SelfJoined(user_id()),
            _ => AdministrationError::Moderator(user_id()),
        })?;
    attendees::set_participant_type(tx, conversation.id, &attendee, participant_type)?;
    let promoted = Some(ActorRef::Account(account.id));
    messages::insert_system_message(
        tx,
        &conversation,
        ActorRef::SYSTEM,
        &SystemMessage::ModeratorPromoted,
        promoted,
    )?;
    Ok(())
}

/// Deletes a group or public conversation with its messages and attendees.
pub fn delete(tx: &mut Transaction<'_>, token: &str) -> Result<(), AdministrationError> {
    let conversation = load_locked(tx, token)?;
    Ok(delete::delete_unchecked(tx, conversation.id)?)
}

/// Loads a group or public conversation, and locks it until the transaction ends.
fn load_locked(tx: &mut Transaction<'_>, token: &str) -> Result<Conversation, AdministrationError> {
    let conversation = match Token::parse(token) {
        Some(token) => conversations::lock(tx, &token)?,
        None => None,
    };
    match conversation {
        None => Err(AdministrationError::NotFound(token.to_owned())),
        Some(conversation) if conversation.kind == ConversationType::OneToOne => {
            Err(AdministrationError::OneToOne)
        }
        Some(conversation) => Ok(conversation),
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::ConversationId;

    use super::*;
    use crate::testing::App;

    fn try_promote(app: &App, token: &Token, account: &Account) -> Result<(), AdministrationError> {
        let (token, account) = (token.clone(), account.clone());
        app.try_write(move |tx| promote(tx, token.as_str(), &account))
    }

    fn try_delete(app: &App, token: &'static str) -> Result<(), AdministrationError> {
        app.try_write(move |tx| delete(tx, token))
    }

    #[test]
    fn promotion_is_for_users_of_group_and_public_conversations() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.joins(&carla, &room);
        try_promote(&app, &room, &bob).unwrap();
        let seen = app.lists(&bob).remove(0);
        assert_eq!(seen.own().participant_type, ParticipantType::Moderator);
        let last = seen.last_message();
        assert_eq!(last.message, "An administrator promoted you to moderator");
        assert_eq!(last.parameters.len(), 1, "{:?}", last.parameters);
        for account in [&bob, &alice] {
            assert!(matches!(try_promote(&app, &room, account), Err(AdministrationError::Moderator(_))));
        }
        assert!(matches!(try_promote(&app, &room, &carla), Err(AdministrationError::SelfJoined(_))));
        let dora = app.user("dora");
        assert!(matches!(try_promote(&app, &room, &dora), Err(AdministrationError::NotParticipant(_))));
        let pair = app.makes_one_to_one(&alice, "bob");
        assert!(matches!(try_promote(&app, &pair, &alice), Err(AdministrationError::OneToOne)));
        let unknown = Token::parse("unknown8").unwrap();
        assert!(matches!(try_promote(&app, &unknown, &alice), Err(AdministrationError::NotFound(_))));
    }

    #[test]
    fn administrators_show_list_and_delete_conversations() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let token = room.clone();
        let (conversation, members) = app.write(move |tx| show(tx, token.as_str()));
        assert_eq!((conversation.name.as_str(), members.len()), ("Room", 2));
        let listed = |unmoderated| {
            app.write(move |tx| conversations::list_after(tx, ConversationId(0), 10, unmoderated)).len()
        };
        assert_eq!((listed(false), listed(true)), (1, 0));
        let id = conversation.id;
        app.write(move |tx| {
            let attendee = attendees::find(tx, id, alice.id)?.unwrap();
            attendees::set_participant_type(tx, id, &attendee, ParticipantType::User)
        });
        assert_eq!(listed(true), 1, "nobody moderates it");
        let token = room.clone();
        app.write(move |tx| delete(tx, token.as_str()));
        assert!(app.lists(&bob).is_empty());
        assert_eq!(listed(false), 0);
        for token in ["unknown8", "no/token", ""] {
            assert!(matches!(try_delete(&app, token), Err(AdministrationError::NotFound(_))), "{token:?}");
        }
    }
}
