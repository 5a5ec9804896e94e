//! "Get user's conversations".

use plauder_model::{NotificationLevel, StartCalls};
use plauder_store::accounts::Account;
pub use plauder_store::memberships::RoomRevision;
use plauder_store::{StoreError, Transaction, memberships, message_names, names_epoch};

use super::show::from_membership;
use super::view::{self, Detail, RoomView};
use crate::Settings;

/// Up to this many changed conversations are loaded one by one; if more have changed, all are loaded at once.
const FEW: usize = 8;

/// What every view depends on besides its conversation and attendee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewInputs {
    /// The revision of all account names.
    pub names: i64,
    /// Who may start a call.
    pub start_calls: StartCalls,
    /// The notification level in groups for accounts that have not chosen one.
    pub group_notification: NotificationLevel,
}

/// A conversation in a list for a caller that caches views.
#[derive(Debug)]
pub enum ListEntry<T> {
    /// The cached view is current.
    Cached(T),
    /// A view that is current as long as its revision is unchanged; without a revision it must not be cached.
    Loaded(Option<RoomRevision>, Box<RoomView>),
}

/// All conversations of an account without their members, the oldest first. `find` returns the caller's cached view of
/// a revision, if it has one. Only the other conversations are loaded.
pub fn list_cached<T>(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    find: impl FnOnce(&[RoomRevision], ViewInputs) -> Vec<Option<T>>,
) -> Result<(ViewInputs, Vec<ListEntry<T>>), StoreError> {
    let inputs = ViewInputs {
        names: names_epoch::load(tx)?,
        start_calls: settings.start_calls,
        group_notification: settings.default_group_notification,
    };
    let revisions = memberships::list_revisions(tx, account.id)?;
    let cached = find(&revisions, inputs);
    let is_few = cached.iter().filter(|cached| cached.is_none()).count() <= FEW;
    let mut all = if is_few { Vec::new() } else { list(tx, account, settings, Detail::Plain)? }.into_iter();
    let mut listed = Vec::with_capacity(revisions.len());
    for (revision, cached) in revisions.into_iter().zip(cached) {
        let read = if is_few { None } else { all.next() };
        listed.push(match (cached, read) {
            (Some(cached), _) => ListEntry::Cached(cached),
            (None, Some(view)) => ListEntry::read(revision, view),
            (None, None) => {
                let membership = memberships::find_by_attendee(tx, revision.attendee)?;
                let gone = || StoreError::Impossible("a seat that was there a moment ago".to_owned());
                ListEntry::read(
                    revision,
                    from_membership(tx, membership.ok_or_else(gone)?, settings, Detail::Plain)?,
                )
            }
        });
    }
    Ok((inputs, listed))
}

impl<T> ListEntry<T> {
    fn read(revision: RoomRevision, view: RoomView) -> Self {
        // A lobby that opens at its time does not change the revision.
        let has_timer = view.settings.as_ref().is_some_and(|settings| settings.lobby_timer != 0);
        Self::Loaded((!has_timer).then_some(revision), Box::new(view))
    }
}

/// All conversations of an account, the oldest first. The number of statements is the same for any number of
/// conversations.
pub fn list(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    detail: Detail,
) -> Result<Vec<RoomView>, StoreError> {
    let memberships = memberships::list_by_account(tx, account.id)?;
    let nameless = memberships::names_for_nameless(tx, account.id)?;
    let members = match detail {
        Detail::Plain => Vec::new(),
        Detail::WithParticipants => memberships::list_members_of_all(tx, account.id)?,
    };
    let names =
        if memberships.iter().any(|membership| membership.last_message.as_ref().is_some_and(|m| m.names > 0))
        {
            message_names::list_of_last_messages(tx, account.id)?
        } else {
            Vec::new()
        };
    let now = tx.now();
    // All of these are ordered by conversation.
    let mut by_message = names.chunk_by(|one, other| one.message == other.message).peekable();
    let mut nameless = nameless.iter().peekable();
    let mut members = members.into_iter().peekable();
    let views = memberships.into_iter().map(|membership| {
        let id = membership.conversation.id;
        let nameless: Vec<&str> = std::iter::from_fn(|| nameless.next_if(|(of, _)| *of == id))
            .map(|(_, name)| name.as_str())
            .collect();
        let members: Vec<_> =
            std::iter::from_fn(|| members.next_if(|member| member.conversation == id)).collect();
        let last = membership.last_message.as_ref().map(|message| message.id);
        let names =
            by_message.next_if(|names| names.first().map(|name| name.message) == last).unwrap_or_default();
        view::for_attendee(membership, settings, nameless, members, names, now)
    });
    Ok(views.collect())
}

#[cfg(test)]
mod tests {
    use plauder_model::{ConversationType, ParticipantType, Token};
    use plauder_store::{attendees, conversations};

    use super::*;
    use crate::testing::App;

    fn statements(app: &App, account: &Account, detail: Detail) -> (usize, u32) {
        let account = account.clone();
        app.write(move |tx| {
            let settings = Settings::load(tx)?;
            let before = tx.statements();
            let views = list(tx, &account, &settings, detail)?;
            Ok::<_, StoreError>((views.len(), tx.statements() - before))
        })
    }

    #[test]
    fn a_list_takes_the_same_statements_whatever_is_in_it() {
        let app = App::new();
        let alice = app.user("alice");
        app.group("crew", &["alice", "bob", "carla"]);
        assert_eq!(statements(&app, &alice, Detail::Plain), (0, 2));
        assert_eq!(statements(&app, &alice, Detail::WithParticipants), (0, 3));
        for number in 0..25 {
            let group = app.makes_group(&alice, &format!("Group {number}"));
            app.adds(&alice, &group, "bob");
            app.makes_public(&alice, &format!("Public {number}"));
            app.makes_group_of(&alice, "crew");
            app.user(&format!("friend{number}"));
            app.makes_one_to_one(&alice, &format!("friend{number}"));
        }
        assert_eq!(statements(&app, &alice, Detail::Plain), (100, 2));
        assert_eq!(statements(&app, &alice, Detail::WithParticipants), (100, 3));
    }

    #[test]
    fn unchanged_conversations_are_not_loaded() {
        let app = App::new();
        let alice = app.user("alice");
        for number in 0..100 {
            app.makes_group(&alice, &format!("Group {number}"));
        }
        let whole = app.write({
            let alice = alice.clone();
            move |tx| {
                let settings = Settings::load(tx)?;
                list(tx, &alice, &settings, Detail::Plain)
            }
        });
        // The revision of names and those of the conversations; then what is loaded: all, or each of a few.
        for (new, cost) in [(0, 2), (1, 3), (FEW, 2 + FEW), (FEW + 1, 4), (100, 4)] {
            let (alice, whole) = (alice.clone(), whole.clone());
            app.write(move |tx| {
                let settings = Settings::load(tx)?;
                let before = tx.statements();
                let find = |revisions: &[RoomRevision], _| {
                    (0..revisions.len()).map(|at| (at >= new).then_some(at)).collect()
                };
                let (_, listed) = list_cached(tx, &alice, &settings, find)?;
                assert_eq!(tx.statements() - before, u32::try_from(cost).unwrap(), "{new} of them new");
                for (at, listed) in listed.into_iter().enumerate() {
                    match listed {
                        ListEntry::Cached(cached) => assert!(cached == at && at >= new),
                        ListEntry::Loaded(revision, view) => {
                            assert!(revision.is_some() && *view == whole[at] && at < new);
                        }
                    }
                }
                Ok::<_, StoreError>(())
            });
        }
    }

    #[test]
    fn each_conversation_has_its_own_members_and_names() {
        let app = App::new();
        let alice = app.user("alice");
        app.user("bob");
        let first = app.makes_group(&alice, "First");
        app.adds(&alice, &first, "bob");
        let id = alice.id;
        app.write(move |tx| {
            let token = Token::parse("nameless").unwrap();
            conversations::insert(tx, &token, ConversationType::Group, "", None)?;
            let nameless = conversations::find(tx, &token)?.unwrap();
            attendees::insert(tx, &nameless, id, ParticipantType::User)?;
            let bob = plauder_store::accounts::find(tx, "bob")?.unwrap();
            attendees::insert(tx, &nameless, bob.id, ParticipantType::User)
        });
        app.makes_one_to_one(&alice, "bob");
        let views = app.write(move |tx| {
            let settings = Settings::load(tx)?;
            list(tx, &alice, &settings, Detail::WithParticipants)
        });
        let shown: Vec<_> =
            views.iter().map(|v| (v.settings().name.as_str(), v.settings().display_name.as_str())).collect();
        assert_eq!(shown, [("First", "First"), ("", "Alice, Bob"), ("bob", "Bob")]);
        let members = views
            .iter()
            .map(|view| view.content().participants.iter().map(|p| p.user_id.as_str()).collect::<Vec<_>>());
        assert!(members.into_iter().all(|members| members == ["alice", "bob"]));
    }
}
