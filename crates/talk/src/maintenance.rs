//! Maintenance: lobbies whose timer is due open, sessions without a ping for too long end. Several nodes may run it at
//! the same time; each task is done once.

use plauder_model::Token;
use plauder_store::sessions;
use plauder_store::{StoreError, Transaction, attendees, conversations};

use crate::conversation::lobby;
use crate::participant::{end_session, remove_attendee};

/// The maximum number of tasks of each kind found at once, and of rows changed in one transaction.
const MAX_TASKS: i64 = 100;

/// A maintenance task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Open the lobby of this conversation.
    Lobby(Token),
    /// End the dead sessions in this conversation.
    Sessions(Token),
}

/// The tasks that are due, at most a hundred of each kind.
pub fn list_due(tx: &mut Transaction<'_>) -> Result<Vec<Task>, StoreError> {
    let lobbies = conversations::due_lobbies(tx, MAX_TASKS)?.into_iter().map(Task::Lobby);
    let sessions = sessions::conversations_with_dead(tx, MAX_TASKS)?.into_iter().map(Task::Sessions);
    Ok(lobbies.chain(sessions).collect())
}

/// Runs a task, if it is still due.
pub fn run_task(tx: &mut Transaction<'_>, due: &Task) -> Result<(), StoreError> {
    match due {
        Task::Lobby(token) => lobby::open_when_due(tx, token),
        Task::Sessions(token) => end_dead_sessions(tx, token),
    }
}

/// Ends the dead sessions of a conversation, or the first part of them. They leave the call; an attendee that came
/// through the link and has no other session is removed.
fn end_dead_sessions(tx: &mut Transaction<'_>, token: &Token) -> Result<(), StoreError> {
    let Some(conversation) = conversations::lock(tx, token)? else { return Ok(()) };
    for (attendee, session) in sessions::list_dead(tx, conversation.id, MAX_TASKS)? {
        let Some(attendee) = attendees::find_by_id(tx, attendee)? else { continue };
        end_session(tx, &conversation, &attendee, &session)?;
        let is_gone = attendee.participant_type.is_transient()
            && sessions::list_by_attendee(tx, attendee.id)?.is_empty();
        if is_gone && !remove_attendee(tx, &conversation, &attendee)? {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn dead_sessions_end_and_transient_attendees_are_removed() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        for one in [&alice, &bob, &carla] {
            app.joins(one, &room);
        }
        let guest = app.guest(&room);
        app.wind(60);
        app.joins(&alice, &room);
        let late = app.guest(&room);
        app.wind(39);
        assert_eq!(app.write(list_due), []);
        app.wind(1);
        assert_eq!(app.write(list_due), [Task::Sessions(room.clone())]);
        app.runs_maintenance();
        let seen = app.sees(&caller_of(&alice), &room);
        assert!(seen.own().session_id.is_some());
        assert_eq!(
            (seen.content().guests, seen.content().participants.len()),
            (1, 2),
            "carla and one guest are gone"
        );
        assert_eq!(app.sees(&caller_of(&bob), &room).own().session_id, None);
        assert_eq!(app.sees(&guest, &room).own, None);
        assert!(app.sees(&late, &room).own().session_id.is_some());
        assert_eq!(app.write(list_due), []);
    }

    #[test]
    fn a_conversation_is_deleted_with_its_last_guest() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_public(&alice, "Room");
        app.guest(&room);
        app.write(|tx| {
            let alice = plauder_store::accounts::find(tx, "alice")?.unwrap();
            crate::account::delete::delete(tx, &alice)
        });
        let is_there = || {
            let room = room.clone();
            app.write(move |tx| conversations::find(tx, &room)).is_some()
        };
        assert!(is_there(), "a guest is in it still");
        app.wind(100);
        app.runs_maintenance();
        assert!(!is_there());
    }
}
