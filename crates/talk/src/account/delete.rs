//! Deleting an account.

use plauder_model::{ActorRef, ParticipantType, SystemMessage, Token};
use plauder_store::accounts::Account;
use plauder_store::{
    StoreError, Transaction, accounts, app_passwords, attendees, circles, conversations, groups, messages,
    sessions, web_sessions,
};

use crate::participant::end_session;

/// Deletes an account: its credentials end at once, it leaves calls, conversations, groups and circles, and its
/// messages stay without its name. Conversations without attendees are deleted. In a one-to-one conversation the other
/// account stays. A group or public conversation that would be left without owner and moderator gets a new moderator.
pub fn delete(tx: &mut Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    // Conversations are locked before accounts, in the same order as by a message that mentions the account. Then the
    // account can be added to no other, and those that it was added to meanwhile are locked too.
    conversations::lock_of_account(tx, account.id)?;
    accounts::lock(tx, account.id)?;
    conversations::lock_of_account(tx, account.id)?;
    for token in sessions::list_in_call_by_account(tx, account.id)? {
        leave_call(tx, account, &token)?;
    }
    web_sessions::delete_all(tx, account.id)?;
    app_passwords::delete_all(tx, account.id)?;
    groups::remove_from_all(tx, account.id)?;
    circles::remove_from_all(tx, account.id)?;
    appoint_successors(tx, account)?;
    messages::insert_account_left(tx, account.id)?;
    attendees::delete_of_account(tx, account.id)?;
    accounts::anonymise(tx, account.id)?;
    for deserted in conversations::list_deserted(tx)? {
        messages::delete_by_conversation(tx, deserted)?;
        conversations::delete(tx, deserted)?;
    }
    Ok(())
}

/// Promotes the user of longest standing to moderator, in each group or public conversation that would have no owner or
/// moderator. Guest moderators do not count, because they are gone when they go offline.
fn appoint_successors(tx: &mut Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    for (conversation, successor) in attendees::list_successors(tx, account.id)? {
        attendees::set_participant_type(tx, conversation.id, &successor, ParticipantType::Moderator)?;
        let (actor, promoted) = (ActorRef::Account(account.id), successor.account.map(ActorRef::Account));
        messages::insert_system_message(
            tx,
            &conversation,
            actor,
            &SystemMessage::ModeratorPromoted,
            promoted,
        )?;
    }
    Ok(())
}

/// Removes an account from a conversation's call.
fn leave_call(tx: &mut Transaction<'_>, account: &Account, token: &Token) -> Result<(), StoreError> {
    let Some(conversation) = conversations::lock(tx, token)? else { return Ok(()) };
    let Some(attendee) = attendees::find(tx, conversation.id, account.id)? else { return Ok(()) };
    for session in sessions::list_by_attendee(tx, attendee.id)? {
        end_session(tx, &conversation, &attendee, &session)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_model::ParticipantType;
    use plauder_store::memberships;

    use super::*;
    use crate::account::create::{CreateAccount, create};
    use crate::account::session::begin_web_session;
    use crate::testing::App;

    fn remove(app: &App, id: &'static str) {
        app.write(move |tx| {
            let account = accounts::find(tx, id)?.unwrap();
            delete(tx, &account)
        });
    }

    #[test]
    fn a_deleted_account_leaves_its_conversations() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let shared = app.makes_group(&alice, "Shared");
        app.adds(&alice, &shared, "bob");
        let lonely = app.makes_group(&alice, "Lonely");
        let pair = app.makes_one_to_one(&alice, "bob");
        remove(&app, "alice");

        let seen = app.lists(&bob);
        assert_eq!(seen.len(), 2, "the shared one and the pair");
        let last = seen[0].last_message();
        assert_eq!(last.message, "{actor} left the conversation");
        assert_eq!((last.actor.kind.name(), last.actor.id.as_str()), ("deleted_users", "deleted_users"));
        assert_eq!(seen[1].settings().display_name, "Deleted user (alice)");
        assert_eq!(seen[1].settings().name, "alice");
        assert_eq!(seen[1].last_message().system_message, "conversation_created");
        let counts = app.write(move |tx| conversations::find(tx, &shared)).unwrap();
        assert_eq!((counts.accounts, counts.moderators), (1, 1), "bob moderates now");
        assert_eq!(app.write(move |tx| conversations::find(tx, &lonely)), None, "nobody was left in it");
        assert!(app.write(move |tx| conversations::find(tx, &pair)).is_some());
    }

    #[test]
    fn a_new_account_with_the_same_id_inherits_nothing() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.group("crew", &["alice"]);
        let id = alice.id;
        let secret = app.write(move |tx| begin_web_session(tx, id, None));
        remove(&app, "alice");

        let again = CreateAccount { user_id: "alice".into(), ..CreateAccount::default() };
        let new = app.write(move |tx| create(tx, &again));
        assert_ne!(new, id);
        assert!(app.write(move |tx| memberships::list_by_account(tx, new)).is_empty());
        assert!(app.write(move |tx| groups::list_by_account(tx, new)).is_empty());
        let hash = crate::secret::hash(&secret);
        assert_eq!(app.write(move |tx| web_sessions::find(tx, &hash)), None);
        let seen = app.lists(&bob);
        assert_eq!(seen[0].last_message().actor.id, "deleted_users");
        assert_eq!(seen[0].own().participant_type, ParticipantType::Moderator, "nobody else could moderate");
    }

    #[test]
    fn user_of_longest_standing_becomes_moderator() {
        let app = App::new();
        let alice = app.user("alice");
        for user in ["bob", "carla", "dora"] {
            app.user(user);
        }
        let moderators = |token: &Token| {
            let token = token.clone();
            app.write(move |tx| {
                let id = conversations::find(tx, &token)?.unwrap().id;
                let members = memberships::list_members(tx, id)?;
                let moderators = members.into_iter().filter(|member| member.participant_type.is_moderator());
                Ok::<_, StoreError>(moderators.map(|member| member.actor.id).collect::<Vec<_>>())
            })
        };
        let group = app.makes_group(&alice, "Group");
        let public = app.makes_public(&alice, "Public");
        for user in ["carla", "bob"] {
            app.adds(&alice, &group, user);
        }
        for user in ["bob", "dora"] {
            app.adds(&alice, &public, user);
        }
        remove(&app, "alice");
        assert_eq!(moderators(&group), ["carla"], "carla has been in it longer than bob");
        assert_eq!(moderators(&public), ["bob"]);
        let history = {
            let group = group.clone();
            app.write(move |tx| {
                let id = conversations::find(tx, &group)?.unwrap().id;
                let all = messages::list_after(tx, id, plauder_model::MessageId(0), 20)?;
                Ok::<_, StoreError>(all.into_iter().map(|message| message.system_message).collect::<Vec<_>>())
            })
        };
        assert_eq!(history[history.len() - 2..], ["moderator_promoted", "user_removed"]);

        remove(&app, "carla");
        assert_eq!(moderators(&group), ["bob"], "and so on");
        remove(&app, "bob");
        assert_eq!(moderators(&public), ["dora"]);
        remove(&app, "dora");
        assert_eq!(app.write(move |tx| conversations::find(tx, &public)), None);
    }

    #[test]
    fn successor_is_chosen_only_when_nobody_else_moderates() {
        use crate::participant::promote::{PromotionTarget, promote};
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.user("carla");
        let room = app.makes_group(&alice, "Room");
        for user in ["bob", "carla"] {
            app.adds(&alice, &room, user);
        }
        let (caller, token) = (crate::testing::caller_of(&alice), room.clone());
        app.write(move |tx| promote(tx, &caller, &token, &PromotionTarget::Account("carla".into())));
        remove(&app, "alice");
        assert_eq!(app.lists(&bob)[0].own().participant_type, ParticipantType::User, "carla moderates");

        // A user who can sign in comes before one who cannot.
        let dora = app.user("dora");
        app.adds(&app.account("carla"), &room, "dora");
        let id = bob.id;
        app.write(move |tx| accounts::set_enabled(tx, id, false));
        remove(&app, "carla");
        assert_eq!(app.lists(&dora)[0].own().participant_type, ParticipantType::Moderator);
    }

    #[test]
    fn guests_and_accounts_from_the_link_do_not_succeed() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Room");
        app.joins(&bob, &room);
        app.guest(&room);
        remove(&app, "alice");
        let token = room.clone();
        let counts = app.write(move |tx| conversations::find(tx, &token)).unwrap();
        assert_eq!((counts.accounts, counts.moderators, counts.guests), (1, 0, 1));
        assert_eq!(app.lists(&bob)[0].own().participant_type, ParticipantType::SelfJoined);
        let last = counts.last_message;
        remove(&app, "bob");
        let token = room.clone();
        let after = app.write(move |tx| conversations::find(tx, &token)).unwrap();
        assert_eq!(after.last_message, last, "nothing is posted about an account that came by the link");
    }

    #[test]
    fn a_deleted_account_leaves_its_circles() {
        use plauder_model::CircleLevel::{Admin, Member, Moderator};
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let dora = app.user("dora");
        let (lonely, shared) =
            (app.makes_circle(&alice, "Lonely", &[]), app.makes_circle(&alice, "Shared", &[]));
        for (account, level) in [(&bob, Member), (&carla, Moderator), (&dora, Moderator)] {
            app.joins_circle(&shared, account, level);
        }
        let other = app.makes_circle(&bob, "Of bob", &["alice", "carla"]);
        app.joins_circle(&other, &dora, Admin);
        remove(&app, "alice");
        assert_eq!(app.lists_circle(&lonely), []);
        let listed = |id: &str| {
            app.lists_circle(id)
                .into_iter()
                .map(|(user, level)| format!("{user} {level}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(listed(&shared), ["bob 1", "carla 9", "dora 4"], "the highest level, and longest in");
        assert_eq!(listed(&other), ["bob 9", "carla 1", "dora 8"]);
        remove(&app, "bob");
        assert_eq!(listed(&shared), ["carla 9", "dora 4"]);
        assert_eq!(listed(&other), ["carla 1", "dora 9"]);
    }
}
