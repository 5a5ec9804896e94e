//! Posting a message.

use plauder_model::{AccountId, ConversationType, MessageId, ParticipantType, Reason, Token};
use plauder_store::conversations::Conversation;
use plauder_store::messages::{Message, NewComment};
use plauder_store::notifications::{self, Event, NotificationReasons};
use plauder_store::{StoreError, Transaction, attendees, conversations, messages};
use thiserror::Error;

use super::mention::Mentions;
use super::message::{MessageView, Viewer};
use super::page::Page;
use super::text::{MAX_CHARACTERS, clean, reference_id};
use crate::access::{Access, AccessError, Capability};
use crate::conversation::view::place;
use crate::participant::guest_name;
use crate::refusal::{Refusal, UseCaseError};
use crate::{Caller, Settings};

/// A message to post.
#[derive(Debug, Clone, Default)]
pub struct PostMessage {
    /// `message`: the text.
    pub message: String,
    /// `replyTo`: the message to reply to; 0: none.
    pub reply_to: i64,
    /// `referenceId`: an id that the client chose.
    pub reference_id: String,
    /// `actorDisplayName`: a guest's new name; empty: unchanged.
    pub display_name: String,
}

/// Why no message is posted.
#[derive(Debug, Error)]
pub enum PostError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The text has no visible character.
    #[error("message must not be empty")]
    Empty,
    /// The text is too long.
    #[error("message must not have more than 32000 characters")]
    TooLong,
    /// The message to reply to does not exist in the conversation, or cannot be replied to.
    #[error("replyTo is no message of this conversation that can be answered")]
    ReplyTo,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for PostError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Empty => Reason::MessageEmpty.into(),
            Self::TooLong => Reason::MessageTooLong.into(),
            Self::ReplyTo => Reason::NotReplyable.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Posts a message and notifies accounts by their level. Refused in the lobby and in a read-only conversation. The read
/// marker of the writer moves to the message. In a one-to-one conversation the other account becomes an attendee again
/// if it had left.
pub fn post(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    settings: &Settings,
    token: &Token,
    request: &PostMessage,
) -> Result<MessageView, PostError> {
    let mut access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Chat)?;
    let text = clean(&request.message);
    if text.is_empty() {
        return Err(PostError::Empty);
    }
    if text.chars().nth(MAX_CHARACTERS).is_some() {
        return Err(PostError::TooLong);
    }
    let parent = match request.reply_to {
        0 => None,
        id => Some(answerable(tx, &access.conversation, MessageId(id))?.ok_or(PostError::ReplyTo)?),
    };
    if access.attendee.account.is_none() && !request.display_name.is_empty() {
        access.attendee.display_name = guest_name::rename(tx, &access, &request.display_name)?;
    }
    if access.conversation.kind == ConversationType::OneToOne {
        add_both_accounts(tx, &access.conversation)?;
    }
    let mentions = Mentions::find(tx, &access, &text)?;
    let written = NewComment {
        by: access.actor(),
        text: &mentions.text,
        reference_id: &reference_id(&request.reference_id),
        parent: parent.as_ref().map(|parent| parent.id),
        names: &mentions.all,
    };
    let (id, comment_index) = messages::insert_comment(tx, &access.conversation, written)?;
    if let Some(account) = access.attendee.account {
        attendees::set_marker(tx, access.attendee.id, id, comment_index)?;
        notifications::delete_read(tx, access.conversation.id, account, id)?;
    }
    note_mentions(tx, &access, id, &mentions, parent.as_ref())?;
    let reasons = NotificationReasons {
        answers: parent.as_ref().and_then(|parent| parent.actor.account),
        names: mentions.accounts().next().is_some(),
        everybody: mentions.everybody(),
    };
    let default = settings.default_notification(access.conversation.kind);
    let event = Event { conversation: &access.conversation, by: access.actor(), message: id, default };
    notifications::notify_of_message(tx, event, comment_index, reasons)?;
    let message = messages::find(tx, access.conversation.id, id)?;
    let message = message.ok_or_else(|| StoreError::Impossible("a message that is gone".to_owned()))?;
    let page = Page::load(tx, &access.conversation, vec![message])?;
    let (place, viewer) = (place(&access.conversation), Viewer::new(&access.attendee));
    let view = page.messages().first().map(|message| page.view(message, &place, viewer));
    Ok(view.ok_or_else(|| StoreError::Impossible("a page without its message".to_owned()))?)
}

/// The message `id`, if it exists in the conversation and can be replied to.
fn answerable(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    Ok(messages::find(tx, conversation.id, id)?.filter(Message::is_replyable))
}

/// Makes both accounts of a one-to-one conversation attendees: one that left comes back when the other writes or calls.
pub(crate) fn add_both_accounts(tx: &mut Transaction<'_>, pair: &Conversation) -> Result<(), StoreError> {
    if pair.accounts == 2 {
        return Ok(());
    }
    for account in conversations::list_one_to_one_accounts(tx, pair.id)? {
        if attendees::find(tx, pair.id, account)?.is_none() {
            attendees::insert(tx, pair, account, ParticipantType::Owner)?;
        }
    }
    Ok(())
}

/// Records whom the message mentions: by name, by `@all`, or by a reply. The author is never mentioned.
fn note_mentions(
    tx: &mut Transaction<'_>,
    access: &Access,
    id: MessageId,
    mentions: &Mentions,
    parent: Option<&Message>,
) -> Result<(), StoreError> {
    let writer = access.attendee.account;
    let mut mentioned: Vec<AccountId> =
        mentions.accounts().chain(parent.and_then(|parent| parent.actor.account)).collect();
    mentioned.sort_unstable();
    mentioned.dedup();
    for account in mentioned.into_iter().filter(|account| Some(*account) != writer) {
        attendees::set_last_mention(tx, access.conversation.id, account, id)?;
    }
    if mentions.everybody() {
        conversations::set_all_mention(tx, access.conversation.id, id, writer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use plauder_store::accounts::Account;
    use plauder_store::integrity;
    use proptest::prelude::*;

    use super::*;
    use crate::chat::history::{Query, history};
    use crate::chat::message::Parent;
    use crate::chat::read_marker;
    use crate::testing::{App, caller_of};

    fn try_post(
        app: &App,
        caller: &Caller,
        token: &Token,
        request: PostMessage,
    ) -> Result<MessageView, PostError> {
        let (caller, token) = (caller.clone(), token.clone());
        app.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            post(tx, &caller, &settings, &token, &request)
        })
    }

    fn says(app: &App, account: &Account, token: &Token, text: &str) -> MessageView {
        try_post(
            app,
            &caller_of(account),
            token,
            PostMessage { message: text.to_owned(), ..PostMessage::default() },
        )
        .unwrap()
    }

    fn reads(app: &App, account: &Account, token: &Token) -> Vec<MessageView> {
        let (caller, token) = (caller_of(account), token.clone());
        let query = Query { last_known: MessageId(0), include_last_known: false, limit: 100 };
        app.write(move |tx| history(tx, &caller, &token, query))
    }

    fn marks(app: &App, account: &Account, token: &Token, to: i64) {
        let (caller, token) = (caller_of(account), token.clone());
        app.write(move |tx| read_marker::set(tx, &caller, &token, Some(to)));
    }

    #[test]
    fn messages_are_read_and_counted_after_posting() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let one = says(&app, &alice, &room, "  One \u{7} ");
        assert_eq!((one.message.as_str(), one.actor.id.as_str(), one.is_replyable), ("One", "alice", true));
        let two = says(&app, &alice, &room, "<b>Two</b>");
        let seen = app.lists(&bob).remove(0);
        assert_eq!((seen.content().unread_messages, seen.content().unread_mention), (2, false));
        assert_eq!(app.lists(&alice)[0].content().unread_messages, 0, "she has read what she wrote");
        assert_eq!(app.lists(&alice)[0].content().last_read_message, two.id);
        let texts: Vec<_> = reads(&app, &bob, &room).into_iter().map(|m| m.message).collect();
        assert_eq!(texts[..3], ["<b>Two</b>", "One", "{actor} added you"]);
        marks(&app, &bob, &room, one.id.0);
        assert_eq!(app.lists(&bob)[0].content().unread_messages, 1);
        marks(&app, &bob, &room, i64::MAX);
        assert_eq!(
            (app.lists(&bob)[0].content().unread_messages, app.lists(&bob)[0].content().last_read_message),
            (0, two.id)
        );
        marks(&app, &bob, &room, 0);
        assert_eq!(app.lists(&bob)[0].content().unread_messages, 2);
        let refused = |message: String| {
            try_post(&app, &caller_of(&bob), &room, PostMessage { message, ..PostMessage::default() })
                .unwrap_err()
        };
        assert!(matches!(refused(" \u{1} ".into()), PostError::Empty));
        assert!(matches!(refused("ü".repeat(32_001)), PostError::TooLong));
        assert_eq!(says(&app, &bob, &room, &"ü".repeat(32_000)).message.chars().count(), 32_000);
    }

    /// The clocks of nodes differ, and a message may be written later than its transaction began.
    #[test]
    fn last_activity_does_not_go_back() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_group(&alice, "Room");
        app.wind(100);
        says(&app, &alice, &room, "First");
        let latest = app.now();
        app.wind(-4);
        says(&app, &alice, &room, "Second");
        app.write({
            let (account, room) = (alice.clone(), room.clone());
            move |tx| crate::conversation::read_only::set(tx, &account, &room, 1)
        });
        let seen = app.lists(&alice).remove(0);
        assert_eq!((seen.settings().last_activity, seen.last_message().timestamp), (latest, latest - 4));
    }

    #[test]
    fn mentions_notify_the_mentioned() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        app.adds(&alice, &room, "carla");
        let said = says(&app, &alice, &room, "{mention-user1} @BOB, @bob. and @dora not @nobody @alice");
        assert_eq!(
            said.message,
            "{mention-user1} {mention-user2}, {mention-user2}. and {mention-user3} not @nobody {mention-user4}"
        );
        let named: Vec<_> =
            said.parameters.iter().map(|(name, who)| (name.as_str(), who.id.as_str())).collect();
        let expected = [("mention-user2", "bob"), ("mention-user3", "dora"), ("mention-user4", "alice")];
        assert_eq!(named, expected, "what was typed is nobody's placeholder");
        let mentioned = |account: &Account| app.lists(account)[0].content().unread_mention;
        assert_eq!([&alice, &bob, &carla].map(mentioned), [false, true, false]);
        marks(&app, &bob, &room, said.id.0);
        let all = says(&app, &bob, &room, "@all: cake!");
        assert_eq!(all.message, "{mention-call1}: cake!");
        assert_eq!(all.parameters[0].1.call_type, Some("group"));
        assert_eq!([&alice, &bob, &carla].map(mentioned), [true, false, true]);
        marks(&app, &bob, &room, 0);
        assert!(mentioned(&bob), "by alice, before");
        let last = app.lists(&carla)[0].last_message();
        assert_eq!(last.parameters[0].1.name, "Room", "names come with the list too");
        let pair = app.makes_one_to_one(&alice, "bob");
        assert_eq!(says(&app, &alice, &pair, "@all").message, "@all");
    }

    #[test]
    fn replies_contain_their_parent() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (room, other) = (app.makes_group(&alice, "Room"), app.makes_group(&alice, "Other"));
        app.adds(&alice, &room, "bob");
        let one = says(&app, &alice, &room, "One for @bob");
        let elsewhere = says(&app, &alice, &other, "Elsewhere");
        let created = reads(&app, &alice, &room).pop().unwrap();
        let reply = |id: i64| PostMessage { message: "Two".into(), reply_to: id, ..PostMessage::default() };
        for id in [elsewhere.id.0, created.id.0, 9999, -1] {
            assert!(matches!(try_post(&app, &caller_of(&bob), &room, reply(id)), Err(PostError::ReplyTo)));
        }
        let two = try_post(&app, &caller_of(&bob), &room, reply(one.id.0)).unwrap();
        let Some(Parent::Message(parent)) = &two.parent else { panic!("no parent") };
        assert_eq!((parent.message.as_str(), parent.parent.as_ref()), ("One for {mention-user1}", None));
        assert_eq!(parent.parameters[0].1.id, "bob");
        assert_eq!(reads(&app, &alice, &room)[0].parent, two.parent);
        assert_eq!(app.lists(&alice)[0].last_message().parent, None);
        assert!(app.lists(&alice)[0].content().unread_mention, "she was answered");
    }

    #[test]
    fn guests_write_under_the_name_that_they_give() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_public(&alice, "Room");
        let guest = app.guest(&room);
        let request = |name: &str| PostMessage {
            message: "Hi".into(),
            display_name: name.into(),
            ..PostMessage::default()
        };
        assert_eq!(try_post(&app, &guest, &room, request("")).unwrap().actor_display_name, "");
        let said = try_post(&app, &guest, &room, request(" Gerda ")).unwrap();
        assert_eq!((said.actor.kind.name(), said.actor_display_name.as_str()), ("guests", "Gerda"));
        assert!(reads(&app, &alice, &room)[..2].iter().all(|m| m.actor_display_name == "Gerda"));
        let answer = says(&app, &alice, &room, &format!("@\"guest/{}\" welcome", said.actor.id));
        assert_eq!(answer.message, "{mention-guest1} welcome");
        assert_eq!(answer.parameters[0].1.name, "Gerda (guest)");
        app.user("dora");
        let fishing = PostMessage { message: "@dora @alice".into(), ..PostMessage::default() };
        assert_eq!(try_post(&app, &guest, &room, fishing).unwrap().message, "@dora {mention-user1}");
        assert_eq!(app.lists(&alice)[0].content().unread_messages, 1);
    }

    #[test]
    fn posting_adds_the_account_that_left_one_to_one() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let pair = app.makes_one_to_one(&alice, "bob");
        let (gone, token) = (bob.clone(), pair.clone());
        app.write(move |tx| crate::participant::leave::leave(tx, &gone, &token));
        says(&app, &alice, &pair, "Still there?");
        assert_eq!(
            (app.lists(&bob)[0].content().unread_messages, app.lists(&bob)[0].token.clone()),
            (1, pair)
        );
    }

    /// A step of a random history.
    #[derive(Debug, Clone)]
    enum Step {
        Say { who: usize, mentions: Option<usize>, all: bool, answers: Option<usize> },
        SetMarker { who: usize, at: usize },
        Rename,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let say = (
            0..3_usize,
            prop::option::of(0..3_usize),
            prop::bool::weighted(0.2),
            prop::option::of(0..9_usize),
        )
            .prop_map(|(who, mentions, all, answers)| Step::Say { who, mentions, all, answers });
        let mark = (0..3_usize, 0..30_usize).prop_map(|(who, at)| Step::SetMarker { who, at });
        prop::collection::vec(prop_oneof![4 => say, 3 => mark, 1 => Just(Step::Rename)], 1..25)
    }

    /// A message as the recount knows it.
    struct Known {
        id: i64,
        by: Option<usize>,
        mentions: Vec<usize>,
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn stored_counts_equal_a_recount(steps in steps()) {
            let app = App::new();
            let people = ["alice", "bob", "carla"].map(|id| app.user(id));
            let room = app.makes_group(&people[0], "Room");
            app.adds(&people[0], &room, "bob");
            app.adds(&people[0], &room, "carla");
            let mut known: Vec<Known> = Vec::new();
            let start = app.lists(&people[0])[0].last_message().id.0;
            let mut read = people.clone().map(|one| app.lists(&one)[0].content().last_read_message.0);
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Say { who, mentions, all, answers } => {
                        let mut message = format!("text {number}");
                        if let Some(other) = mentions {
                            message.extend([" @", &people[other].user_id]);
                        }
                        if all {
                            message.push_str(" @all");
                        }
                        let written: Vec<&Known> = known.iter().filter(|m| m.by.is_some()).collect();
                        let parent = answers.and_then(|at| written.get(at));
                        let reply_to = parent.map_or(0, |parent| parent.id);
                        let mut system_message: Vec<usize> = mentions.into_iter().collect();
                        system_message.extend(parent.and_then(|parent| parent.by));
                        if all {
                            system_message.extend(0..3);
                        }
                        system_message.retain(|one| *one != who);
                        let request = PostMessage { message, reply_to, ..PostMessage::default() };
                        let said = try_post(&app, &caller_of(&people[who]), &room, request).unwrap();
                        read[who] = said.id.0;
                        known.push(Known { id: said.id.0, by: Some(who), mentions: system_message });
                    }
                    Step::SetMarker { who, at } => {
                        let to = known.get(at).map_or(start, |message| message.id);
                        marks(&app, &people[who], &room, to);
                        read[who] = to;
                    }
                    Step::Rename => {
                        let (caller, token) = (caller_of(&people[0]), room.clone());
                        let name = format!("Name {number}");
                        app.write(move |tx| crate::conversation::rename::rename(tx, &caller, &token, &name, &crate::Rules::V1));
                        let id = app.lists(&people[0])[0].last_message().id.0;
                        known.push(Known { id, by: None, mentions: Vec::new() });
                    }
                }
                for (who, one) in people.iter().enumerate() {
                    let seen = app.lists(one).remove(0);
                    let unread = known.iter().filter(|m| m.id > read[who]);
                    let count = unread.clone().filter(|m| m.by.is_some()).count();
                    let mentioned = unread.clone().any(|m| m.mentions.contains(&who));
                    prop_assert_eq!(seen.content().unread_messages, i64::try_from(count).unwrap());
                    prop_assert_eq!(seen.content().unread_mention, mentioned, "{} after step {}", one.user_id, number);
                    prop_assert_eq!(seen.content().last_read_message.0, read[who]);
                }
            }
            prop_assert_eq!(app.write(integrity::violations), []);
        }
    }
}
