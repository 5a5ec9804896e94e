//! Who is notified of what, and when a notification is deleted.

use plauder_model::{NotificationKind, NotificationLevel, Token};
use plauder_store::accounts::Account;
use plauder_store::integrity;

use super::list::{list, show};
use super::view::NotificationView;
use super::*;
use crate::chat::{history, message::MessageView, new_messages, post, read_marker, record_presence};
use crate::conversation::{lobby, notification_level};
use crate::testing::{App, caller_of};
use crate::{Caller, Settings, call, participant, settings};

use NotificationKind::{Call, Invitation, Mention, MentionAll, Message, MissedCall, Reply};

impl App {
    fn notifications(&self, account: &Account) -> Vec<NotificationView> {
        let account = account.clone();
        assert_eq!(self.write(integrity::violations), []);
        self.write(move |tx| list(tx, &account))
    }

    /// The kinds of the notifications of an account, the newest first.
    fn kinds(&self, account: &Account) -> Vec<NotificationKind> {
        self.notifications(account).into_iter().map(|one| one.kind).collect()
    }

    fn writes(&self, caller: &Caller, token: &Token, text: &str, reply_to: i64) -> MessageView {
        let (caller, token) = (caller.clone(), token.clone());
        let request =
            post::PostMessage { message: text.to_owned(), reply_to, ..post::PostMessage::default() };
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            post::post(tx, &caller, &settings, &token, &request)
        })
    }

    fn says(&self, account: &Account, token: &Token, text: &str) -> MessageView {
        self.writes(&caller_of(account), token, text, 0)
    }

    fn wants(&self, account: &Account, token: &Token, level: NotificationLevel) {
        let (account, token) = (account.clone(), token.clone());
        self.write(move |tx| notification_level::set(tx, &account, &token, level.number()));
    }

    fn forgets(&self, account: &Account) {
        let account = account.clone();
        self.write(move |tx| delete::delete_all(tx, &account));
    }

    fn reads(&self, account: &Account, token: &Token, to: i64) {
        let (caller, token) = (caller_of(account), token.clone());
        self.write(move |tx| read_marker::set(tx, &caller, &token, Some(to)));
    }

    fn calls(&self, account: &Account, token: &Token) {
        let (caller, token) = (caller_of(account), token.clone());
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            call::join::join(tx, &caller, &settings, &token, 7)
        });
    }

    fn hangs_up(&self, account: &Account, token: &Token) {
        let (caller, token) = (caller_of(account), token.clone());
        self.write(move |tx| call::leave::leave(tx, &caller, &token));
    }

    fn closes_lobby(&self, account: &Account, token: &Token, state: i64) {
        let (account, token) = (account.clone(), token.clone());
        self.write(move |tx| lobby::set(tx, &account, &token, state, 0));
    }
}

/// A group of alice, bob and carla, whose notifications are deleted.
fn group(app: &App) -> ([Account; 3], Token) {
    let people = ["alice", "bob", "carla"].map(|id| app.user(id));
    let room = app.makes_group(&people[0], "Room");
    for friend in ["bob", "carla"] {
        app.adds(&people[0], &room, friend);
    }
    for one in &people {
        app.forgets(one);
    }
    (people, room)
}

#[test]
fn being_added_notifies_until_the_account_joins() {
    let app = App::new();
    let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
    let room = app.makes_public(&alice, "Room");
    app.adds(&alice, &room, "bob");
    app.adds(&alice, &room, "bob");
    assert_eq!((app.kinds(&alice), app.kinds(&bob)), (vec![], vec![Invitation]), "once");
    let notification = app.notifications(&bob).remove(0);
    assert_eq!(notification.subject(), "Alice invited you to a group conversation: Room");
    assert_eq!(
        (notification.text(), notification.message.as_ref(), notification.call_type),
        (String::new(), None, "public")
    );
    app.joins(&bob, &room);
    assert_eq!(app.kinds(&bob), []);
    app.joins(&carla, &room);
    assert_eq!(app.kinds(&carla), [], "she came by herself");

    app.group("team", &["bob", "carla", "alice"]);
    let created = app.makes_group_of(&alice, "team");
    assert_eq!([&alice, &bob, &carla].map(|one| app.kinds(one).len()), [0, 1, 1]);
    app.reads(&bob, &created, i64::MAX);
    assert_eq!(app.kinds(&bob), []);

    let pair = app.makes_one_to_one(&alice, "bob");
    assert_eq!(app.makes_one_to_one(&bob, "alice"), pair);
    assert_eq!((app.kinds(&alice), app.kinds(&bob)), (vec![], vec![Invitation]));
    let notification = app.notifications(&bob).remove(0);
    assert_eq!(notification.subject(), "Alice invited you to a private conversation");
    assert_eq!((notification.conversation_name.as_str(), notification.call_type), ("Alice", "one2one"));
}

#[test]
fn mentions_and_replies_notify_according_to_the_level() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    app.user("dora");
    app.says(&alice, &room, "Nothing special");
    assert_eq!(app.kinds(&bob), []);
    app.joins(&bob, &room);
    app.says(&alice, &room, "@bob, @alice and @dora: look");
    assert_eq!(
        [&alice, &bob, &carla].map(|one| app.kinds(one)),
        [vec![], vec![Mention], vec![]],
        "online too"
    );
    let notification = app.notifications(&bob).remove(0);
    assert_eq!(notification.subject(), "Alice mentioned you in conversation Room");
    assert_eq!(notification.text(), "@Bob, @Alice and @Dora: look");
    let own = app.says(&bob, &room, "Mine");
    assert_eq!(app.kinds(&bob), [], "they have read what was there when they wrote");
    app.writes(&caller_of(&alice), &room, "An answer for @bob and @carla", own.id.0);
    assert_eq!((app.kinds(&bob), app.kinds(&carla)), (vec![Reply], vec![Mention]), "told once");
    assert_eq!(app.notifications(&bob)[0].subject(), "Alice replied to your message in conversation Room");
    app.says(&alice, &room, "@all and @bob");
    assert_eq!(
        [&alice, &bob, &carla].map(|one| app.kinds(one)[..].first().copied()),
        [None, Some(Mention), Some(MentionAll)]
    );
    let notification = app.notifications(&carla).remove(0);
    assert_eq!(
        (notification.subject().as_str(), notification.text().as_str()),
        ("Alice mentioned everyone in conversation Room", "Room and @Bob")
    );

    app.forgets(&bob);
    app.wants(&bob, &room, NotificationLevel::Never);
    app.writes(&caller_of(&alice), &room, "@bob @all", own.id.0);
    assert_eq!(app.kinds(&bob), []);
    app.write(|tx| settings::set(tx, "default_group_notification", "3"));
    app.forgets(&carla);
    app.wants(&bob, &room, NotificationLevel::Mention);
    app.says(&alice, &room, "@bob @carla @all");
    assert_eq!((app.kinds(&bob), app.kinds(&carla)), (vec![Mention], vec![]));
}

#[test]
fn level_always_notifies_while_offline() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    app.wants(&bob, &room, NotificationLevel::Always);
    app.says(&alice, &room, "One");
    assert_eq!((app.kinds(&bob), app.kinds(&carla)), (vec![Message], vec![]));
    assert_eq!(app.notifications(&bob)[0].subject(), "Alice sent a message in conversation Room");
    app.joins(&bob, &room);
    app.says(&alice, &room, "Two");
    assert_eq!(app.kinds(&bob), [Message], "he is there");
    app.wind(100);
    app.says(&alice, &room, "Three");
    assert_eq!(app.kinds(&bob), [Message, Message], "his session is dead");
    app.says(&bob, &room, "Four");
    assert_eq!(app.kinds(&bob), []);
    app.write(|tx| settings::set(tx, "default_group_notification", "1"));
    app.says(&bob, &room, "Five");
    assert_eq!([&alice, &bob, &carla].map(|one| app.kinds(one)), [vec![Message], vec![], vec![Message]]);

    let pair = app.makes_one_to_one(&alice, "bob");
    app.forgets(&bob);
    app.says(&alice, &pair, "Hello {user}");
    let notification = app.notifications(&bob).remove(0);
    assert_eq!(
        (notification.subject().as_str(), notification.text().as_str()),
        ("Alice sent you a private message", "Hello {user}")
    );
    app.forgets(&bob);
    app.wants(&bob, &pair, NotificationLevel::Mention);
    app.says(&alice, &pair, "Hello?");
    assert_eq!(app.kinds(&bob), []);
    app.says(&alice, &pair, "Hello @bob?");
    assert_eq!(app.kinds(&bob), [Mention]);
}

#[test]
fn guests_cause_notifications_and_get_none() {
    let app = App::new();
    let alice = app.user("alice");
    let room = app.makes_public(&alice, "Room");
    let guest = app.guest(&room);
    app.writes(&guest, &room, "Hi @alice", 0);
    assert_eq!(app.notifications(&alice)[0].subject(), "Guest mentioned you in conversation Room");
    let said = app.writes(&guest, &room, "@all", 0);
    assert_eq!(app.kinds(&alice), [MentionAll, Mention]);
    app.writes(&caller_of(&alice), &room, "Welcome", said.id.0);
    assert_eq!(app.kinds(&alice), []);
}

#[test]
fn the_lobby_hides_notifications_from_all_but_moderators() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    app.says(&alice, &room, "@bob, before");
    app.wants(&carla, &room, NotificationLevel::Always);
    app.closes_lobby(&alice, &room, 1);
    assert_eq!(app.kinds(&bob), [], "it is not shown while he has to wait");
    let caller = caller_of(&alice);
    let (token, target) = (room.clone(), participant::promote::PromotionTarget::Account("carla".into()));
    app.write(move |tx| participant::promote::promote(tx, &caller, &token, &target));
    app.says(&alice, &room, "@bob and @all");
    app.joins(&alice, &room);
    app.calls(&alice, &room);
    app.says(&alice, &room, "All");
    assert_eq!((app.kinds(&bob), app.kinds(&carla)), (vec![], vec![Message, Call, MentionAll]));
    app.closes_lobby(&alice, &room, 0);
    assert_eq!(app.kinds(&bob), [Mention]);
}

#[test]
fn calls_notify_until_they_are_joined() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    let dora = app.user("dora");
    app.adds(&alice, &room, "dora");
    app.forgets(&dora);
    app.wants(&dora, &room, NotificationLevel::Never);
    app.joins(&alice, &room);
    app.joins(&bob, &room);
    app.calls(&alice, &room);
    let everybody = || [&alice, &bob, &carla, &dora].map(|one| app.kinds(one));
    assert_eq!(everybody(), [vec![], vec![Call], vec![Call], vec![]]);
    assert_eq!(app.notifications(&bob)[0].subject(), "A group call has started in Room");
    app.calls(&bob, &room);
    assert_eq!(everybody(), [vec![], vec![], vec![Call], vec![]]);
    app.reads(&carla, &room, i64::MAX);
    assert_eq!(app.kinds(&carla), [Call], "reading is not joining");
    app.hangs_up(&bob, &room);
    app.hangs_up(&alice, &room);
    assert_eq!(everybody(), [vec![], vec![], vec![MissedCall], vec![]]);
    assert_eq!(app.notifications(&carla)[0].subject(), "You missed a group call in Room");
    app.calls(&bob, &room);
    assert_eq!(everybody(), [vec![Call], vec![], vec![Call], vec![]], "of the last call only");

    let pair = app.makes_one_to_one(&alice, "carla");
    app.forgets(&carla);
    app.joins(&alice, &pair);
    app.calls(&alice, &pair);
    assert_eq!(app.notifications(&carla)[0].subject(), "Alice would like to talk with you");
    app.hangs_up(&alice, &pair);
    assert_eq!(app.notifications(&carla)[0].subject(), "You missed a call from Alice");
}

#[test]
fn reading_a_message_deletes_its_notification() {
    let app = App::new();
    let ([alice, bob, _], room) = group(&app);
    let one = app.says(&alice, &room, "One @bob");
    let two = app.says(&alice, &room, "Two @bob");
    let three = app.says(&alice, &room, "Three @bob");
    assert_eq!(app.kinds(&bob).len(), 3);
    app.reads(&bob, &room, one.id.0);
    assert_eq!(app.kinds(&bob).len(), 2);
    let waits = |known: &MessageView, mark_read: bool| {
        let (caller, token, last_known) = (caller_of(&bob), room.clone(), known.id);
        app.write(move |tx| {
            let query = history::Query { last_known, include_last_known: false, limit: 10 };
            let first_read = new_messages::read_first(tx, &caller, &token, query, mark_read)?;
            record_presence::record_presence(tx, &first_read.presence)?;
            Ok::<_, crate::access::AccessError>(())
        });
    };
    waits(&three, false);
    assert_eq!(app.kinds(&bob).len(), 2);
    waits(&two, true);
    assert_eq!(app.kinds(&bob).len(), 1);
    waits(&three, true);
    assert_eq!(app.kinds(&bob), []);
}

#[test]
fn notifications_are_deleted_with_attendee_conversation_and_account() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    let other = app.makes_public(&alice, "Other");
    app.joins(&carla, &other);
    app.adds(&alice, &other, "bob");
    app.says(&alice, &room, "@all");
    app.says(&alice, &other, "@all");
    assert_eq!((app.kinds(&bob).len(), app.kinds(&carla).len()), (3, 2));
    let (leaver, token) = (bob.clone(), room.clone());
    app.write(move |tx| participant::leave::leave(tx, &leaver, &token));
    assert_eq!(app.kinds(&bob), [MentionAll, Invitation]);
    let (owner, token) = (alice.clone(), other.clone());
    app.write(move |tx| crate::conversation::public::close(tx, &owner, &token, &crate::Rules::V1));
    assert_eq!((app.kinds(&bob).len(), app.kinds(&carla).len()), (2, 1), "she came through the link");
    let (caller, token) = (caller_of(&alice), other.clone());
    app.write(move |tx| crate::conversation::delete::delete(tx, &caller, &token));
    assert_eq!(app.kinds(&bob), []);
    let gone = alice.clone();
    app.write(move |tx| crate::account::delete::delete(tx, &gone));
    assert_eq!(
        app.notifications(&carla)[0].subject(),
        "Deleted user mentioned everyone in conversation Room"
    );
    let gone = carla.clone();
    app.write(move |tx| crate::account::delete::delete(tx, &gone));
    assert_eq!(app.notifications(&carla).len(), 0);
}

#[test]
fn notifications_are_deleted_for_one_account_only() {
    let app = App::new();
    let ([alice, bob, carla], room) = group(&app);
    for text in ["One @all", "Two @all", "Three @all"] {
        app.says(&alice, &room, text);
    }
    let ids: Vec<i64> = app.notifications(&bob).iter().map(|one| one.id.0).collect();
    let shows = |account: &Account, id: i64| {
        let account = account.clone();
        app.write(move |tx| show(tx, &account, id)).map(|one| one.text())
    };
    assert_eq!((shows(&bob, ids[0]).as_deref(), shows(&carla, ids[0])), (Some("Three Room"), None));
    let forgets = |account: &Account, id: i64| {
        let account = account.clone();
        app.write(move |tx| delete::delete(tx, &account, id));
    };
    forgets(&carla, ids[0]);
    forgets(&bob, ids[1]);
    let (account, asked) = (bob.clone(), ids.clone());
    let there = app.write(move |tx| existing::existing(tx, &account, &asked));
    assert_eq!(there.iter().map(|id| id.0).collect::<Vec<_>>(), [ids[0], ids[2]]);
    app.forgets(&bob);
    assert_eq!((app.kinds(&bob).len(), app.kinds(&carla).len()), (0, 3));
    app.group("staff", &["bob"]);
    app.write(|tx| settings::set(tx, "allowed_groups", r#"["staff"]"#));
    assert_eq!(app.kinds(&carla), [], "she may not use Talk");
    let (account, asked) = (carla.clone(), (1..100).collect::<Vec<i64>>());
    assert_eq!(app.write(move |tx| existing::existing(tx, &account, &asked)), [], "as none is listed");
}

#[test]
fn old_notifications_are_deleted_over_the_limit() {
    let app = App::new();
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let pair = app.makes_one_to_one(&alice, "bob");
    for number in 0..240 {
        app.says(&alice, &pair, &number.to_string());
    }
    let notification = app.notifications(&bob);
    assert_eq!(
        (notification.len(), notification[0].text().as_str(), notification[199].text().as_str()),
        (200, "239", "40")
    );
    let account = bob.clone();
    let first = notification[199].id.0;
    for older in 1..first {
        let account = account.clone();
        assert_eq!(app.write(move |tx| show(tx, &account, older)), None, "not just left out");
    }
}

#[test]
fn old_invitations_and_calls_are_deleted_over_the_limit() {
    let app = App::new();
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let the_oldest_is_deleted = |kind| {
        let listed = app.notifications(&bob);
        assert_eq!((listed.len(), listed[0].kind), (200, kind));
        let (account, older) = (bob.clone(), listed[199].id.0 - 1);
        assert_eq!(app.write(move |tx| show(tx, &account, older)), None, "not just left out");
    };
    for number in 0..201 {
        let room = app.makes_group(&alice, &number.to_string());
        app.adds(&alice, &room, "bob");
    }
    the_oldest_is_deleted(Invitation);
    app.group("crew", &["bob"]);
    let room = app.makes_group_of(&alice, "crew");
    the_oldest_is_deleted(Invitation);
    app.joins(&alice, &room);
    app.calls(&alice, &room);
    the_oldest_is_deleted(Call);
}

#[test]
fn long_messages_are_cut_outside_placeholders() {
    let app = App::new();
    let ([alice, bob, _], room) = group(&app);
    app.says(&alice, &room, &format!("@bob {} @carla and more", "ü".repeat(980)));
    let notification = app.notifications(&bob).remove(0);
    let message = notification.message.as_ref().unwrap();
    assert!(message.message.ends_with("ü …"), "{}", message.message);
    assert_eq!(message.parameters.len(), 1);
    assert!(notification.text().starts_with("@Bob ü"));
}

#[test]
fn a_message_takes_the_same_statements_for_any_number_of_people() {
    let cost = |members: usize| {
        let app = App::new();
        let alice = app.user("alice");
        let names: Vec<String> = (1..members).map(|number| format!("user{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        app.group("team", &names);
        let room = app.makes_group_of(&alice, "team");
        app.write(|tx| settings::set(tx, "default_group_notification", "1"));
        let count = |text: &'static str| {
            let (caller, token) = (caller_of(&alice), room.clone());
            app.write(move |tx| {
                let settings = Settings::load(tx)?;
                let before = tx.statements();
                let request = post::PostMessage { message: text.to_owned(), ..post::PostMessage::default() };
                post::post(tx, &caller, &settings, &token, &request)?;
                Ok::<_, post::PostError>(tx.statements() - before)
            })
        };
        let counts = [count("Hello"), count("Hello @all"), count("Hello @user1")];
        (
            counts,
            app.write(|tx| {
                let account = plauder_store::accounts::find(tx, "user2")?.unwrap();
                list(tx, &account)
            })
            .len(),
        )
    };
    assert_eq!(cost(3), cost(50));
    assert_eq!(cost(3).1, 4, "an invitation and three messages");
}
