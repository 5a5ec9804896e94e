//! Joining a call, or starting one.

use plauder_model::{CallFlags, ConversationType, MessageId, Reason, SystemMessage, Token};
use plauder_store::notifications::{self, Event};
use plauder_store::{StoreError, Transaction, call_participants, conversations, messages, sessions};
use thiserror::Error;

use crate::access::{Access, AccessError, Capability};
use crate::chat::post::add_both_accounts;
use crate::refusal::{Refusal, UseCaseError};
use crate::{Caller, Settings};

/// Why the caller does not join the call.
#[derive(Debug, Error)]
pub enum JoinCallError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The caller has no session in the conversation.
    #[error("Join the conversation before its call")]
    NoSession,
    /// The flags are out of range.
    #[error("flags has to be a sum of 1 (in call), 2 (audio), 4 (video) and 8 (phone)")]
    Flags,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for JoinCallError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::NoSession => Reason::NoSession.into(),
            Self::Flags => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Puts the caller's session into the call, or changes its flags. The first session starts the call; then the other
/// attendees are notified according to their levels.
pub fn join(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    settings: &Settings,
    token: &Token,
    flags: i64,
) -> Result<(), JoinCallError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::JoinCall)?;
    let session = access.sessions(tx)?.into_iter().next().ok_or(JoinCallError::NoSession)?;
    let conversation = &access.conversation;
    let is_new = conversation.call_since == 0;
    if is_new {
        access.require(Capability::StartCall(settings.start_calls))?;
    }
    let flags = CallFlags::parse(flags).ok_or(JoinCallError::Flags)?;
    sessions::set_in_call(tx, conversation.id, &session, Some(flags))?;
    if session.in_call > 0 {
        return Ok(());
    }
    call_participants::insert(tx, conversation.id, access.actor())?;
    if let Some(account) = access.attendee.account {
        notifications::delete_calls_of_account(tx, conversation.id, account)?;
    }
    let system_message = if is_new { SystemMessage::CallStarted } else { SystemMessage::CallJoined };
    messages::insert_system_message(tx, conversation, access.actor(), &system_message, None)?;
    if is_new {
        conversations::set_call(tx, conversation.id, tx.now())?;
        if conversation.kind == ConversationType::OneToOne {
            add_both_accounts(tx, conversation)?;
        }
        let default = settings.default_notification(conversation.kind);
        let event = Event { conversation, by: access.actor(), message: MessageId(0), default };
        notifications::notify_of_call(tx, event)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_model::StartCalls;
    use plauder_store::accounts::Account;

    use super::*;
    use crate::call::leave::{LeaveCallError, leave};
    use crate::call::peers::peers;
    use crate::conversation::RoomView;
    use crate::conversation::read_only;
    use crate::settings;
    use crate::testing::{App, caller_of};

    fn try_join(app: &App, caller: &Caller, token: &Token, flags: i64) -> Result<(), JoinCallError> {
        let (caller, token) = (caller.clone(), token.clone());
        app.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            join(tx, &caller, &settings, &token, flags)
        })
    }

    fn leaves(app: &App, caller: &Caller, token: &Token) {
        let (caller, token) = (caller.clone(), token.clone());
        app.write(move |tx| leave(tx, &caller, &token));
    }

    fn last(view: &RoomView) -> String {
        view.last_message().message
    }

    fn room_with(app: &App, owner: &Account, others: &[&Account]) -> Token {
        let room = app.makes_public(owner, "Room");
        for other in others {
            app.adds(owner, &room, &other.user_id);
            app.joins(other, &room);
        }
        app.joins(owner, &room);
        room
    }

    #[test]
    fn a_call_is_started_joined_left_and_ended() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = room_with(&app, &alice, &[&bob]);
        let guest = app.guest(&room);
        let (of_alice, of_bob) = (caller_of(&alice), caller_of(&bob));
        try_join(&app, &of_bob, &room, 1).unwrap();
        let seen = app.sees(&of_bob, &room);
        assert_eq!(
            (seen.content().has_call, seen.own().participant_flags, last(&seen)),
            (true, 1, "You started a call".to_owned())
        );
        try_join(&app, &of_alice, &room, 7).unwrap();
        assert_eq!(last(&app.sees(&of_bob, &room)), "{actor} joined the call");
        let system_message = app.sees(&of_bob, &room).last_message().id;
        try_join(&app, &of_alice, &room, 3).unwrap();
        assert_eq!(app.sees(&of_alice, &room).own().participant_flags, 3);
        assert_eq!(app.sees(&of_bob, &room).last_message().id, system_message, "she was in it already");
        try_join(&app, &guest, &room, 7).unwrap();
        // A guest who comes back has another id, and is one guest in the summary.
        app.lets_in(&guest, &room);
        try_join(&app, &guest, &room, 7).unwrap();
        let in_call = |caller: &Caller| {
            let (caller, room) = (caller.clone(), room.clone());
            app.write(move |tx| peers(tx, &caller, &room))
                .into_iter()
                .map(|p| p.actor.user_id().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(in_call(&guest), ["bob", "alice", ""], "in the order in which their sessions began");
        app.wind(65);
        leaves(&app, &of_alice, &room);
        leaves(&app, &of_alice, &room);
        leaves(&app, &guest, &room);
        assert!(app.sees(&of_alice, &room).content().has_call);
        leaves(&app, &of_bob, &room);
        let seen = app.sees(&of_alice, &room);
        assert!(!seen.content().has_call);
        assert_eq!(last(&seen), "Call with {user1}, {user2} and 1 guest (Duration 1:05)");
        let message = seen.last_message();
        let named: Vec<_> = message.parameters.iter().map(|(n, p)| (n.as_str(), p.id.as_str())).collect();
        assert_eq!(named, [("user1", "alice"), ("user2", "bob")]);
        assert_eq!(message.actor.id, "bob");
    }

    #[test]
    fn start_calls_setting_does_not_limit_joining() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = room_with(&app, &alice, &[&bob]);
        let (of_alice, of_bob) = (caller_of(&alice), caller_of(&bob));
        let moderators = StartCalls::Moderators.number().to_string();
        app.write(move |tx| settings::set(tx, "start_calls", &moderators));
        assert!(!app.sees(&of_bob, &room).content().can_start_call);
        assert!(matches!(
            try_join(&app, &of_bob, &room, 7),
            Err(JoinCallError::Access(AccessError::StartCall))
        ));
        assert!(matches!(try_join(&app, &of_alice, &room, 16), Err(JoinCallError::Flags)));
        try_join(&app, &of_alice, &room, 7).unwrap();
        try_join(&app, &of_bob, &room, 7).unwrap();
    }

    #[test]
    fn joining_a_call_needs_a_session_and_a_writable_conversation() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = room_with(&app, &alice, &[]);
        app.adds(&alice, &room, "bob");
        let (of_alice, of_bob) = (caller_of(&alice), caller_of(&bob));
        assert!(matches!(try_join(&app, &of_bob, &room, 7), Err(JoinCallError::NoSession)));
        let left = app.try_write({
            let (caller, room) = (of_bob.clone(), room.clone());
            move |tx| leave(tx, &caller, &room)
        });
        assert!(matches!(left, Err(LeaveCallError::NoSession)));
        try_join(&app, &of_alice, &room, 7).unwrap();
        app.joins(&bob, &room);
        try_join(&app, &of_bob, &room, 7).unwrap();
        let (keeper, token) = (alice.clone(), room.clone());
        app.write(move |tx| read_only::set(tx, &keeper, &token, 1));
        let seen = app.sees(&of_alice, &room);
        assert_eq!(
            (seen.content().has_call, seen.own().participant_flags),
            (false, 0),
            "everybody is put out"
        );
        assert_eq!(last(&seen), "Call with {user1} and {user2} (Duration 0:00)");
        let refused = try_join(&app, &of_alice, &room, 7);
        assert!(matches!(refused, Err(JoinCallError::Access(AccessError::ReadOnly))));
    }

    #[test]
    fn every_way_to_leave_a_conversation_leaves_its_call() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = room_with(&app, &alice, &[&bob, &carla]);
        let guest = app.guest(&room);
        let all = [caller_of(&alice), caller_of(&bob), caller_of(&carla), guest.clone()];
        for caller in &all {
            try_join(&app, caller, &room, 7).unwrap();
        }
        let in_call = || {
            let room = room.clone();
            app.write(move |tx| conversations::find(tx, &room)).unwrap().in_call
        };
        assert_eq!(in_call(), 4);
        app.write({
            let (caller, room) = (all[0].clone(), room.clone());
            move |tx| crate::participant::remove::remove(tx, &caller, &room, "bob")
        });
        assert_eq!(in_call(), 3);
        app.write(|tx| {
            let carla = plauder_store::accounts::find(tx, "carla")?.unwrap();
            crate::account::delete::delete(tx, &carla)
        });
        assert_eq!(in_call(), 2);
        app.write({
            let (alice, room) = (alice.clone(), room.clone());
            move |tx| crate::conversation::public::close(tx, &alice, &room, &crate::Rules::V1)
        });
        assert_eq!(in_call(), 1, "the guest is out");
        app.wind(100);
        app.runs_maintenance();
        assert_eq!(in_call(), 0, "she was not heard of for too long");
        let seen = app.sees(&all[0], &room);
        assert_eq!(last(&seen), "Call with {user1}, {user2}, {user3} and 1 guest (Duration 1:40)");
        let named = seen.last_message().parameters.into_iter().map(|(_, p)| p.name);
        assert_eq!(named.collect::<Vec<_>>(), ["Alice", "Bob", "Deleted user"]);
    }

    #[test]
    fn calling_adds_the_account_that_left_one_to_one() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let pair = app.makes_one_to_one(&alice, "bob");
        let (gone, token) = (bob.clone(), pair.clone());
        app.write(move |tx| crate::participant::leave::leave(tx, &gone, &token));
        assert_eq!(app.lists(&bob), []);
        app.joins(&alice, &pair);
        try_join(&app, &caller_of(&alice), &pair, 7).unwrap();
        assert!(app.lists(&bob)[0].content().has_call);
    }
}
