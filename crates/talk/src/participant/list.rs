//! Listing the participants of a conversation.

use plauder_model::{Actor, ActorKind, ParticipantType, Timestamp, Token};
use plauder_store::sessions::Session;
use plauder_store::{Transaction, memberships};

use crate::Caller;
use crate::access::{Access, AccessError, Capability};

/// A participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantView {
    /// The actor.
    pub actor: Actor,
    /// The name to show; for an invited address the address.
    pub display_name: String,
    /// The participant type.
    pub participant_type: ParticipantType,
    /// The time of the last ping; 0: never.
    pub last_ping: Timestamp,
    /// The session, if there is one.
    pub session: Option<Session>,
}

/// The participants of a conversation: accounts, then guests, then for moderators the invited addresses; each in the
/// order in which they were added. Refused to guests, unless they are moderators.
pub fn list(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
) -> Result<Vec<ParticipantView>, AccessError> {
    let access = Access::load(tx, caller, token)?;
    access.require(Capability::ListParticipants)?;
    let sees_addresses = access.has(Capability::Moderate);
    let everybody = memberships::list_members(tx, access.conversation.id)?.into_iter();
    let listed = everybody.filter(|member| sees_addresses || member.actor.kind != ActorKind::Email);
    let listed = listed.map(|member| ParticipantView {
        actor: member.actor,
        display_name: member.display_name,
        participant_type: member.participant_type,
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
    fn participants_are_listed_for_members() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let try_list = |caller: Caller| {
            let room = room.clone();
            app.try_write(move |tx| list(tx, &caller, &room))
        };
        let listed = try_list(caller_of(&bob)).unwrap();
        let shown: Vec<_> =
            listed.iter().map(|one| (one.actor.user_id(), one.participant_type.number())).collect();
        assert_eq!(shown, [("alice", 1), ("bob", 3)]);
        for outside in [caller_of(&carla), Caller::Nobody] {
            assert!(matches!(try_list(outside), Err(AccessError::NotFound)));
        }
    }
}
