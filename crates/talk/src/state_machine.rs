//! A property test of the use cases: after any sequence of steps the integrity check finds nothing, a conversation
//! keeps a moderator, and a refused step has changed nothing.

mod steps;
mod world;

use std::collections::HashMap;

use plauder_model::{ActorKind, ConversationType, ParticipantType, Token};
use plauder_store::conversations::Conversation;
use plauder_store::integrity;
use plauder_store::memberships::ConversationMember;
use proptest::prelude::*;

use self::steps::{ACCOUNTS, Step, id, step};
use self::world::{Observed, World};

/// Whether a group or public conversation has users but neither an owner nor a moderator with an account.
fn is_unmoderated((conversation, members): &(Conversation, Vec<ConversationMember>)) -> bool {
    let has = |participant_type| members.iter().any(|member| member.participant_type == participant_type);
    conversation.kind != ConversationType::OneToOne
        && has(ParticipantType::User)
        && !has(ParticipantType::Owner)
        && !has(ParticipantType::Moderator)
}

/// Checks that a conversation with users keeps an owner or moderator with an account. Only a guest moderator can demote
/// the last one; deleting an account gives a conversation without one a new moderator.
fn check_moderators(
    step: Step,
    before: &Observed,
    after: &Observed,
    participant_types: &HashMap<Token, Option<ParticipantType>>,
) -> Result<(), TestCaseError> {
    for (token, room) in after.rooms.iter().filter(|(_, room)| is_unmoderated(room)) {
        let by_guest = participant_types.get(token) == Some(&Some(ParticipantType::GuestModerator));
        let was_unmoderated = before.rooms.get(token).is_some_and(is_unmoderated);
        prop_assert!(was_unmoderated || by_guest, "{step:?} left nobody to manage {room:?}");
        if let Step::DeletesOwnAccount(who) = step {
            let was_in_it = before.participant_type(token, id(who)).is_some();
            prop_assert!(!was_in_it, "{step:?} left nobody to manage {room:?}");
        }
    }
    Ok(())
}

/// Runs a step and checks the invariants after it.
fn take(world: &World, step: Step) -> Result<(), TestCaseError> {
    // A deleted account has been replaced by a new one.
    for who in ACCOUNTS {
        world.account(who);
    }
    let before = world.sees();
    let participant_types: HashMap<Token, _> = before
        .rooms
        .keys()
        .map(|token| (token.clone(), step.by().and_then(|who| world.participant_type_of(who, token))))
        .collect();
    let outcome = world.takes(step);
    let after = world.sees();
    if let Err(refusal) = &outcome {
        prop_assert!(!refusal.contains("Store("), "{step:?} failed: {refusal}");
        prop_assert!(before == after, "{step:?} was refused, and yet something changed: {refusal}");
    }
    prop_assert_eq!(world.app.write(integrity::violations), [], "after {:?}", step);
    check_moderators(step, &before, &after, &participant_types)?;
    let looked = before.by_revision();
    for (revision, view) in after.by_revision() {
        if let Some(earlier) = looked.get(&revision) {
            prop_assert_eq!(*earlier, view, "{:?} and a stamp that is the same", step);
        }
    }
    for (token, (_, members)) in &before.rooms {
        let actor_type = participant_types[token];
        let Some((conversation, now)) = after.rooms.get(token) else { continue };
        for member in members.iter().filter(|member| member.actor.kind == ActorKind::User) {
            let is_self = step.by().is_some_and(|who| id(who) == member.actor.id);
            let participant_type = after.participant_type(token, &member.actor.id);
            if member.participant_type == ParticipantType::Owner && !is_self {
                prop_assert_eq!(participant_type, Some(ParticipantType::Owner), "{:?} and an owner", step);
            }
            if member.participant_type == ParticipantType::Moderator && participant_type.is_none() && !is_self
            {
                prop_assert!(actor_type.is_some_and(ParticipantType::is_moderator), "{step:?}");
            }
        }
        if conversation.kind != ConversationType::Public {
            let passes = |member: &&ConversationMember| member.participant_type.is_transient();
            prop_assert_eq!(
                now.iter().find(passes),
                None,
                "{:?} and somebody who came through the link",
                step
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn invariants_hold_after_any_sequence_of_operations(steps in prop::collection::vec(step(), 1..60)) {
        let world = World::new();
        for step in steps {
            take(&world, step)?;
        }
    }
}
