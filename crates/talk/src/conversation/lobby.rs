//! The lobby ("webinar/lobby", also "webinary/lobby").

use plauder_model::{ActorRef, ConversationType, LobbyState, Reason, SystemMessage, Timestamp, Token};
use plauder_store::accounts::Account;
use plauder_store::conversations::Conversation;
use plauder_store::sessions::Scope;
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::access::{Access, AccessError, Capability};
use crate::call;
use crate::refusal::{Refusal, UseCaseError};

/// Why the lobby is not changed.
#[derive(Debug, Error)]
pub enum LobbyError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// One-to-one conversations, and conversations that belong to an object, have no lobby.
    #[error("A conversation of this type has no lobby")]
    Type,
    /// The state does not exist.
    #[error("state has to be 0 (open) or 1 (moderators only)")]
    State,
    /// The timer is out of range.
    #[error("timer has to be a time in seconds since 1970, or absent")]
    Timer,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for LobbyError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Type => Reason::RoomType.into(),
            Self::State | Self::Timer => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// The latest timer: the end of the year 9999.
const LATEST: Timestamp = 253_402_300_799;

/// Closes the lobby to all but moderators until `timer` (0: until a moderator opens it), and removes those who have to
/// wait from the call; or opens the lobby. For owners and moderators.
pub fn set(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    state: i64,
    timer: Timestamp,
) -> Result<(), LobbyError> {
    let access = Access::load_locked(tx, account, token)?;
    access.require(Capability::ModerateSignedIn)?;
    let conversation = &access.conversation;
    let is_shared = matches!(conversation.kind, ConversationType::Group | ConversationType::Public);
    if !is_shared || !conversation.object_type.is_empty() {
        return Err(LobbyError::Type);
    }
    let state = LobbyState::from_number(state).ok_or(LobbyError::State)?;
    if !(0..=LATEST).contains(&timer) {
        return Err(LobbyError::Timer);
    }
    let timer = if state == LobbyState::Off { 0 } else { timer };
    if conversation.lobby_is_due(tx.now()) {
        // The old timer is due: the lobby opened before it is set again.
        open_by_itself(tx, conversation)?;
    }
    conversations::set_lobby(tx, conversation.id, state, timer)?;
    if conversation.lobby(tx.now()).0 == state {
        return Ok(());
    }
    let system_message = match state {
        LobbyState::Off => SystemMessage::LobbyNone,
        LobbyState::NonModerators => SystemMessage::LobbyNonModerators,
    };
    messages::insert_system_message(tx, conversation, access.actor(), &system_message, None)?;
    if state == LobbyState::NonModerators {
        call::remove_from_call(tx, conversation, access.actor(), Scope::NonModerators)?;
    }
    Ok(())
}

/// Opens the lobby of a conversation if its timer is due.
pub fn open_when_due(tx: &mut Transaction<'_>, token: &Token) -> Result<(), StoreError> {
    let Some(conversation) = conversations::lock(tx, token)? else { return Ok(()) };
    if !conversation.lobby_is_due(tx.now()) {
        return Ok(());
    }
    open_by_itself(tx, &conversation)
}

/// Opens the lobby and posts the system message for it.
fn open_by_itself(tx: &mut Transaction<'_>, conversation: &Conversation) -> Result<(), StoreError> {
    conversations::set_lobby(tx, conversation.id, LobbyState::Off, 0)?;
    let system_message = SystemMessage::LobbyTimerReached;
    messages::insert_system_message(tx, conversation, ActorRef::SYSTEM, &system_message, None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::join::join as join_call;
    use crate::participant::promote::{PromotionTarget, demote, promote};
    use crate::testing::App;
    use crate::{Settings, maintenance};

    fn try_set(
        app: &App,
        by: &Account,
        token: &Token,
        state: i64,
        timer: Timestamp,
    ) -> Result<(), LobbyError> {
        let (account, token) = (by.clone(), token.clone());
        app.try_write(move |tx| set(tx, &account, &token, state, timer))
    }

    #[test]
    fn closing_the_lobby_needs_a_moderator_and_a_type_with_a_lobby() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Webinar");
        app.adds(&alice, &room, "bob");
        let pair = app.makes_one_to_one(&alice, "bob");
        assert!(matches!(
            try_set(&app, &bob, &room, 1, 0),
            Err(LobbyError::Access(AccessError::NotModerator))
        ));
        assert!(matches!(try_set(&app, &alice, &pair, 1, 0), Err(LobbyError::Type)));
        assert!(matches!(try_set(&app, &alice, &room, 2, 0), Err(LobbyError::State)));
        for timer in [-1, i64::MAX] {
            assert!(matches!(try_set(&app, &alice, &room, 1, timer), Err(LobbyError::Timer)));
        }
        let last = || app.lists(&alice)[0].last_message();
        try_set(&app, &alice, &room, 1, 0).unwrap();
        let system_message = last();
        assert_eq!(system_message.message, "You restricted the conversation to moderators");
        try_set(&app, &alice, &room, 1, app.now() + 60).unwrap();
        assert_eq!(last().id, system_message.id, "it was closed already");
        let waiting = &app.lists(&bob)[0];
        assert_eq!(
            (waiting.settings().lobby_state, waiting.settings().lobby_timer),
            (LobbyState::NonModerators, app.now() + 60)
        );
        assert_eq!(waiting.content, None);
        try_set(&app, &alice, &room, 0, 4711).unwrap();
        assert_eq!(last().message, "You opened the conversation to everyone");
        assert_eq!(app.lists(&bob)[0].settings().lobby_timer, 0);
    }

    #[test]
    fn the_lobby_opens_when_its_timer_is_due() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Webinar");
        app.adds(&alice, &room, "bob");
        try_set(&app, &alice, &room, 1, app.now() + 10).unwrap();
        app.wind(9);
        assert_eq!(app.write(maintenance::list_due), []);
        app.wind(1);
        assert!(
            app.lists(&bob)[0].content().last_message.is_some(),
            "open for who looks, though nobody noted it yet"
        );
        app.runs_maintenance();
        let system_message = app.lists(&bob)[0].last_message();
        assert_eq!(system_message.message, "The conversation is now open to everyone");
        assert_eq!(
            (system_message.actor.kind.name(), system_message.actor.id.as_str()),
            ("guests", "system")
        );
        assert_eq!(system_message.parameters, [], "nobody did it");
        app.runs_maintenance();
        assert_eq!(app.lists(&bob)[0].last_message().id, system_message.id, "told once");
    }

    #[test]
    fn closing_a_due_lobby_again_first_posts_that_it_opened() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Webinar");
        app.adds(&alice, &room, "bob");
        let last = || app.lists(&alice)[0].last_message().system_message;
        try_set(&app, &alice, &room, 1, app.now() + 10).unwrap();
        app.wind(10);
        app.joins(&bob, &room);
        let (caller, token) = (crate::testing::caller_of(&bob), room.clone());
        app.write(move |tx| {
            let settings = Settings::load(tx)?;
            join_call(tx, &caller, &settings, &token, 7)
        });
        try_set(&app, &alice, &room, 1, app.now() + 10).unwrap();
        assert_eq!(app.lists(&bob)[0].own().participant_flags, 0, "who came in meanwhile is out of the call");
        assert_eq!(last(), "call_ended");
        app.wind(10);
        try_set(&app, &alice, &room, 0, 0).unwrap();
        assert_eq!(last(), "lobby_timer_reached", "it did not take her to open it");
        app.runs_maintenance();
        assert_eq!(last(), "lobby_timer_reached");
    }

    #[test]
    fn closing_the_lobby_removes_waiting_attendees_from_the_call() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Webinar");
        app.adds(&alice, &room, "bob");
        for one in [&alice, &bob] {
            app.joins(one, &room);
            let (caller, token) = (crate::testing::caller_of(one), room.clone());
            app.write(move |tx| {
                let settings = Settings::load(tx)?;
                join_call(tx, &caller, &settings, &token, 7)
            });
        }
        try_set(&app, &alice, &room, 1, 0).unwrap();
        assert_eq!(app.lists(&bob)[0].own().participant_flags, 0);
        assert_eq!(
            (app.lists(&alice)[0].own().participant_flags, app.lists(&alice)[0].content().has_call),
            (7, true)
        );
        let (by, token) = (crate::testing::caller_of(&alice), room.clone());
        let of_bob = PromotionTarget::Account("bob".into());
        app.write({
            let (by, token, of_bob) = (by.clone(), token.clone(), of_bob.clone());
            move |tx| promote(tx, &by, &token, &of_bob)
        });
        let (caller, again) = (crate::testing::caller_of(&bob), room.clone());
        app.write(move |tx| {
            let settings = Settings::load(tx)?;
            join_call(tx, &caller, &settings, &again, 7)
        });
        assert_eq!(app.lists(&bob)[0].own().participant_flags, 7, "a moderator passes");
        app.write(move |tx| demote(tx, &by, &token, &of_bob));
        assert_eq!(app.lists(&bob)[0].own().participant_flags, 0, "and is none any more");
        assert_eq!(app.lists(&alice)[0].last_message().message, "{actor} left the call");
    }
}
