//! Promoting participants to moderators, and demoting them.

use plauder_model::{ParticipantType, Reason, SystemMessage, Token, UserId};
use plauder_store::attendees::Attendee;
use plauder_store::{StoreError, Transaction, accounts, attendees, messages, sessions};
use thiserror::Error;

use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};
use crate::{Caller, call};

/// Why a participant type is not changed.
#[derive(Debug, Error)]
pub enum PromoteError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The participant does not exist.
    #[error("participant names nobody in this conversation")]
    Unknown,
    /// Moderators do not demote themselves.
    #[error("You cannot demote yourself")]
    Oneself,
    /// Only users and guests are promoted, and only moderators are demoted. Accounts are named by their id, guests by
    /// their session.
    #[error("participant does not have a participant type that permits this")]
    ParticipantType,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for PromoteError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Unknown => Reason::UnknownParticipant.into(),
            Self::Oneself => Reason::Oneself.into(),
            Self::ParticipantType => Reason::ParticipantType.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// The participant to promote or demote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromotionTarget {
    /// The account of this id.
    Account(String),
    /// The guest who is online with this session.
    Guest(String),
}

/// Promotes a user or guest to moderator. For owners, moderators and guest moderators.
pub fn promote(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    target: &PromotionTarget,
) -> Result<(), PromoteError> {
    let (access, found) = find(tx, caller, token, target)?;
    let participant_type = found
        .participant_type
        .promoted()
        .filter(|_| target.is_right_for(&found))
        .ok_or(PromoteError::ParticipantType)?;
    let system_message = match participant_type {
        ParticipantType::GuestModerator => SystemMessage::GuestModeratorPromoted,
        _ => SystemMessage::ModeratorPromoted,
    };
    Ok(set_participant_type(tx, &access, &found, participant_type, &system_message)?)
}

/// Demotes a moderator to user or guest. For owners, moderators and guest moderators.
pub fn demote(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    target: &PromotionTarget,
) -> Result<(), PromoteError> {
    let (access, found) = find(tx, caller, token, target)?;
    if found.id == access.attendee.id {
        return Err(PromoteError::Oneself);
    }
    let participant_type = found
        .participant_type
        .demoted()
        .filter(|_| target.is_right_for(&found))
        .ok_or(PromoteError::ParticipantType)?;
    let system_message = match participant_type {
        ParticipantType::Guest => SystemMessage::GuestModeratorDemoted,
        _ => SystemMessage::ModeratorDemoted,
    };
    set_participant_type(tx, &access, &found, participant_type, &system_message)?;
    if access.conversation.holds_in_lobby(participant_type, tx.now()) {
        // The participant now waits in the lobby, where no call is possible.
        for session in sessions::list_by_attendee(tx, found.id)? {
            call::take_out(tx, &access.conversation, found.actor(), &session)?;
        }
    }
    Ok(())
}

impl PromotionTarget {
    /// Whether the attendee that was found may be named in this way: accounts by id, guests by session.
    fn is_right_for(&self, found: &Attendee) -> bool {
        matches!(self, Self::Account(_)) == found.account.is_some()
    }
}

/// The caller's access, which must be a moderator's, and the participant.
fn find(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    target: &PromotionTarget,
) -> Result<(Access, Attendee), PromoteError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Moderate)?;
    let id = access.conversation.id;
    let found = match target {
        PromotionTarget::Account(who) => match accounts::find(tx, &UserId::key_of(who))? {
            Some(account) => attendees::find(tx, id, account.id)?,
            None => None,
        },
        PromotionTarget::Guest(session) => attendees::find_by_session(tx, id, session)?,
    };
    Ok((access, found.ok_or(PromoteError::Unknown)?))
}

fn set_participant_type(
    tx: &mut Transaction<'_>,
    access: &Access,
    target: &Attendee,
    participant_type: ParticipantType,
    system_message: &SystemMessage,
) -> Result<(), StoreError> {
    attendees::set_participant_type(tx, access.conversation.id, target, participant_type)?;
    messages::insert_system_message(
        tx,
        &access.conversation,
        access.actor(),
        system_message,
        Some(target.actor()),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::Account;
    use plauder_store::conversations;

    use super::*;
    use crate::testing::{App, caller_of};

    type Change = fn(&mut Transaction<'_>, &Caller, &Token, &PromotionTarget) -> Result<(), PromoteError>;

    #[test]
    fn participant_types_change_one_step_and_are_counted() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.adds(&alice, &room, "carla");
        let try_to = |what: Change, by: &Account, who: &'static str| {
            let (caller, room) = (caller_of(by), room.clone());
            app.try_write(move |tx| what(tx, &caller, &room, &PromotionTarget::Account(who.into())))
        };
        let moderators = || {
            let room = room.clone();
            app.write(move |tx| conversations::find(tx, &room)).unwrap().moderators
        };
        assert!(matches!(
            try_to(promote, &bob, "carla"),
            Err(PromoteError::Access(AccessError::NotModerator))
        ));
        assert!(matches!(try_to(promote, &alice, "dora"), Err(PromoteError::Unknown)));
        assert!(matches!(try_to(promote, &alice, "nobody"), Err(PromoteError::Unknown)));
        assert!(matches!(try_to(promote, &alice, "alice"), Err(PromoteError::ParticipantType)));
        assert!(matches!(try_to(demote, &alice, "alice"), Err(PromoteError::Oneself)));
        assert!(matches!(try_to(demote, &alice, "bob"), Err(PromoteError::ParticipantType)));
        let own = PromotionTarget::Guest(app.joins(&alice, &room).session_id());
        let (caller, token) = (caller_of(&alice), room.clone());
        let refused = app.try_write(move |tx| demote(tx, &caller, &token, &own));
        assert!(matches!(refused, Err(PromoteError::Oneself)), "whatever she calls herself");
        assert_eq!(moderators(), 1);
        try_to(promote, &alice, "bob").unwrap();
        assert_eq!(moderators(), 2);
        assert_eq!(app.lists(&bob)[0].last_message().message, "{actor} promoted you to moderator");
        assert!(matches!(try_to(promote, &alice, "bob"), Err(PromoteError::ParticipantType)));
        assert!(
            matches!(try_to(demote, &bob, "alice"), Err(PromoteError::ParticipantType)),
            "an owner stays one"
        );
        try_to(demote, &alice, "bob").unwrap();
        assert_eq!(moderators(), 1);
        assert_eq!(app.lists(&carla)[0].last_message().message, "{actor} demoted {user} from moderator");
    }
}
