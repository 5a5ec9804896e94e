//! Making moderators of users, and users of moderators.

use plauder_model::{ParticipantType, SystemMessage, Token, UserId};
use plauder_store::{StoreError, Transaction, accounts, attendees, messages};
use thiserror::Error;

use crate::Caller;
use crate::conversation::DoorError;
use crate::conversation::door::enter;

/// Why somebody keeps their rank.
#[derive(Debug, Error)]
pub enum PromoteError {
    /// Not from there.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// They are not in the conversation.
    #[error("participant names nobody in this conversation")]
    Unknown,
    /// Moderators do not demote themselves.
    #[error("You cannot demote yourself")]
    Oneself,
    /// Only users are promoted, and only moderators are demoted.
    #[error("participant does not have the rank for this")]
    Rank,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a user a moderator. For moderators, guests among them.
pub fn promote(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    who: &str,
) -> Result<(), PromoteError> {
    change(tx, caller, token, who, ParticipantType::User, ParticipantType::Moderator)
}

/// Makes a moderator a user. For moderators, guests among them.
pub fn demote(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    who: &str,
) -> Result<(), PromoteError> {
    change(tx, caller, token, who, ParticipantType::Moderator, ParticipantType::User)
}

fn change(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    who: &str,
    from: ParticipantType,
    to: ParticipantType,
) -> Result<(), PromoteError> {
    let seat = enter(tx, caller, token)?.of_moderator()?;
    let target = accounts::find(tx, &UserId::key_of(who))?.ok_or(PromoteError::Unknown)?;
    let attendee = attendees::find(tx, seat.conversation.id, target.id)?.ok_or(PromoteError::Unknown)?;
    if to == ParticipantType::User && target.id == seat.account.id {
        return Err(PromoteError::Oneself);
    }
    if attendee.rank != from {
        return Err(PromoteError::Rank);
    }
    attendees::set_rank(tx, seat.conversation.id, &attendee, to)?;
    let told = match to {
        ParticipantType::Moderator => SystemMessage::ModeratorPromoted,
        _ => SystemMessage::ModeratorDemoted,
    };
    messages::insert_happening(tx, &seat.conversation, seat.account.id, &told, Some(target.id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::Account;
    use plauder_store::conversations;

    use super::*;
    use crate::testing::{App, caller_of};

    type Change = fn(&mut Transaction<'_>, &Caller, &Token, &str) -> Result<(), PromoteError>;

    #[test]
    fn ranks_change_one_step_and_are_counted() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.adds(&alice, &room, "carla");
        let try_to = |what: Change, by: &Account, who: &'static str| {
            let (caller, room) = (caller_of(by), room.clone());
            app.try_write(move |tx| what(tx, &caller, &room, who))
        };
        let moderators = || {
            let room = room.clone();
            app.write(move |tx| conversations::find(tx, &room)).unwrap().moderators
        };
        assert!(matches!(try_to(promote, &bob, "carla"), Err(PromoteError::Door(DoorError::NotModerator))));
        assert!(matches!(try_to(promote, &alice, "dora"), Err(PromoteError::Unknown)));
        assert!(matches!(try_to(promote, &alice, "nobody"), Err(PromoteError::Unknown)));
        assert!(matches!(try_to(promote, &alice, "alice"), Err(PromoteError::Rank)));
        assert!(matches!(try_to(demote, &alice, "alice"), Err(PromoteError::Oneself)));
        assert!(matches!(try_to(demote, &alice, "bob"), Err(PromoteError::Rank)));
        assert_eq!(moderators(), 1);
        try_to(promote, &alice, "bob").unwrap();
        assert_eq!(moderators(), 2);
        assert_eq!(
            app.lists(&bob)[0].last_message.as_ref().unwrap().message,
            "{actor} promoted you to moderator"
        );
        assert!(matches!(try_to(promote, &alice, "bob"), Err(PromoteError::Rank)));
        assert!(matches!(try_to(demote, &bob, "alice"), Err(PromoteError::Rank)), "an owner stays one");
        try_to(demote, &alice, "bob").unwrap();
        assert_eq!(moderators(), 1);
        assert_eq!(
            app.lists(&carla)[0].last_message.as_ref().unwrap().message,
            "{actor} demoted {user} from moderator"
        );
    }
}
