//! Listing who is in a conversation.

use plauder_model::{ParticipantType, Timestamp, Token};
use plauder_store::memberships::Session;
use plauder_store::{StoreError, Transaction, memberships};
use thiserror::Error;

use crate::Caller;
use crate::conversation::DoorError;
use crate::conversation::door::enter;

/// Somebody who is in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Their id.
    pub user_id: String,
    /// Their name.
    pub display_name: String,
    /// Their rank.
    pub rank: ParticipantType,
    /// When they were last online; 0: never.
    pub last_ping: Timestamp,
    /// Their being online.
    pub session: Option<Session>,
}

/// Why the list is not shown.
#[derive(Debug, Error)]
pub enum ListError {
    /// Not from there.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// They wait in the lobby.
    #[error("The lobby is closed to all but moderators")]
    Lobby,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everybody in a conversation, who has been in it longest first.
pub fn list(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<Vec<Listed>, ListError> {
    let seat = enter(tx, caller, token)?;
    if seat.conversation.keeps_waiting(seat.attendee.rank) {
        return Err(ListError::Lobby);
    }
    let members = memberships::members_by_seat(tx, seat.conversation.id)?;
    let listed = members.into_iter().map(|member| Listed {
        user_id: member.user_id,
        display_name: member.display_name,
        rank: member.rank,
        last_ping: member.last_ping,
        session: member.session,
    });
    Ok(listed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn for_those_who_are_in_it() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let try_list = |caller: Caller| {
            let room = room.clone();
            app.try_write(move |tx| list(tx, &caller, &room))
        };
        let listed = try_list(caller_of(&bob)).unwrap();
        let shown: Vec<_> = listed.iter().map(|one| (one.user_id.as_str(), one.rank.number())).collect();
        assert_eq!(shown, [("alice", 1), ("bob", 3)]);
        for outside in [caller_of(&carla), Caller::Nobody] {
            assert!(matches!(try_list(outside), Err(ListError::Door(DoorError::NotFound))));
        }
    }
}
