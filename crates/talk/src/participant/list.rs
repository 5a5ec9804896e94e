//! Listing who is in a conversation.

use plauder_model::{Actor, ActorKind, ParticipantType, Timestamp, Token};
use plauder_store::sessions::Session;
use plauder_store::{Transaction, memberships};

use crate::Caller;
use crate::access::{Access, AccessError, Capability};

/// Somebody who is in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantView {
    /// Who they are.
    pub actor: Actor,
    /// Their name; of an invited address itself.
    pub display_name: String,
    /// Their rank.
    pub rank: ParticipantType,
    /// When they were last online; 0: never.
    pub last_ping: Timestamp,
    /// Their being online.
    pub session: Option<Session>,
}

/// Everybody in a conversation: accounts, then guests, and for moderators the addresses that were invited, who has been
/// in it longest first. Not for guests, unless they are moderators.
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
        let shown: Vec<_> = listed.iter().map(|one| (one.actor.user_id(), one.rank.number())).collect();
        assert_eq!(shown, [("alice", 1), ("bob", 3)]);
        for outside in [caller_of(&carla), Caller::Nobody] {
            assert!(matches!(try_list(outside), Err(AccessError::NotFound)));
        }
    }
}
