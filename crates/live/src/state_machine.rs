//! A state machine of commits, refreshes and waiting clients that take their steps in any order. It checks that no
//! client waits although there is a message for it, and that no client receives messages with a gap between them.

use std::collections::VecDeque;
use std::sync::Arc;

use plauder_model::{AttendeeId, ConversationId, MessageId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::hub::Refresh;
use crate::{AccessSnapshot, Hub, PendingRead, Poll, Queue, ReaderAccess, Subscription};

const ROOM: ConversationId = ConversationId(7);

type AccessVersion = (i64, i64);

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A message is committed. `true`: the hub is notified at once; `false`: another node commits it, and its
    /// notification comes later or is lost.
    Commit(bool),
    /// A notification of another node arrives.
    Notify,
    /// The access version changes.
    ChangeAccess,
    /// The attendee of a client is removed.
    RemoveAttendee(usize),
    /// A refresh begins, if one is queued.
    BeginRefresh,
    /// A refresh reads the store.
    ReadRefresh(usize),
    /// A refresh that has read the store publishes.
    Publish(usize),
    /// A refresh fails.
    Abandon(usize),
    /// A client begins to read the store; the read itself comes later.
    BeginRead(usize),
    /// A client reads the store. It begins the read now if it has not before.
    ReadStore(usize),
    /// A client that has read the store seeds the feed.
    Seed(usize),
    /// A client polls the feed.
    PollFeed(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let client = 0..CLIENTS;
    prop_oneof![
        4 => any::<bool>().prop_map(Step::Commit),
        1 => Just(Step::Notify),
        1 => Just(Step::ChangeAccess),
        1 => client.clone().prop_map(Step::RemoveAttendee),
        4 => Just(Step::BeginRefresh),
        4 => (0..4_usize).prop_map(Step::ReadRefresh),
        4 => (0..4_usize).prop_map(Step::Publish),
        1 => (0..4_usize).prop_map(Step::Abandon),
        1 => client.clone().prop_map(Step::BeginRead),
        3 => client.clone().prop_map(Step::ReadStore),
        3 => client.clone().prop_map(Step::Seed),
        4 => client.prop_map(Step::PollFeed),
    ]
}

const CLIENTS: usize = 3;

/// The committed state.
#[derive(Debug, Clone)]
struct Store {
    last: i64,
    access_version: i64,
    attendees_removed: i64,
    attendees: Vec<AttendeeId>,
}

struct Client {
    subscription: Subscription<i64, AccessVersion>,
    known: i64,
    access: Option<ReaderAccess<AccessVersion>>,
    /// The client's unfinished read of the store.
    begun: Option<PendingRead<i64, AccessVersion>>,
    /// What the client has read in the store and not seeded yet.
    found: Option<(Store, PendingRead<i64, AccessVersion>)>,
    attendee: AttendeeId,
}

struct PendingRefresh {
    refresh: Refresh<i64, AccessVersion>,
    read: Option<Store>,
}

struct World {
    hub: Hub<i64, AccessVersion>,
    queue: Queue,
    store: Store,
    clients: Vec<Client>,
    refreshes: VecDeque<PendingRefresh>,
    /// Whether a notification has not arrived yet.
    is_unnotified: bool,
}

impl World {
    fn new() -> Self {
        let (hub, queue) = Hub::new();
        let attendees: Vec<_> = (0..).map(AttendeeId).take(CLIENTS).collect();
        let clients = attendees.iter().map(|attendee| Client {
            subscription: hub.subscribe(ROOM),
            known: 0,
            access: None,
            begun: None,
            found: None,
            attendee: *attendee,
        });
        let clients = clients.collect();
        let store = Store { last: 0, access_version: 0, attendees_removed: 0, attendees };
        Self { hub, queue, store, clients, refreshes: VecDeque::new(), is_unnotified: false }
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Commit(is_notified) => {
                self.store.last += 1;
                if is_notified {
                    self.hub.mark_changed(ROOM);
                } else {
                    self.is_unnotified = true;
                }
            }
            Step::Notify => {
                self.hub.mark_changed(ROOM);
                self.is_unnotified = false;
            }
            Step::ChangeAccess => {
                self.store.access_version += 1;
                self.hub.mark_changed(ROOM);
            }
            Step::RemoveAttendee(client) => {
                let attendee = self.clients[client].attendee;
                if self.store.attendees.contains(&attendee) {
                    self.store.attendees.retain(|remaining| *remaining != attendee);
                    self.store.attendees_removed += 1;
                    self.hub.mark_changed(ROOM);
                }
            }
            Step::BeginRefresh => {
                if let Ok(id) = self.queue.try_recv()
                    && let Some(refresh) = self.hub.begin_refresh(id)
                {
                    self.refreshes.push_back(PendingRefresh { refresh, read: None });
                }
            }
            Step::ReadRefresh(index) => {
                if let Some(refresh) = self.refreshes.get_mut(index) {
                    refresh.read.get_or_insert(self.store.clone());
                }
            }
            Step::Publish(index) => {
                if self.refreshes.get(index).is_some_and(|refresh| refresh.read.is_some())
                    && let Some(PendingRefresh { refresh, read: Some(read) }) = self.refreshes.remove(index)
                {
                    publish(refresh, &read);
                }
            }
            Step::Abandon(index) => drop(self.refreshes.remove(index)),
            Step::BeginRead(client) => {
                let client = &mut self.clients[client];
                client.begun = Some(client.subscription.begin_read());
            }
            Step::ReadStore(client) => {
                let client = &mut self.clients[client];
                let read = client.begun.take().unwrap_or_else(|| client.subscription.begin_read());
                client.found = Some((self.store.clone(), read));
            }
            Step::Seed(client) => {
                let client = &mut self.clients[client];
                if let Some((found, read)) = client.found.take() {
                    let access = found.attendees.contains(&client.attendee).then_some(ReaderAccess {
                        access_version: (found.access_version, 0),
                        attendees_removed: found.attendees_removed,
                        attendee: client.attendee,
                    });
                    if let Some(access) = &access {
                        read.seed(MessageId(found.last), access);
                        client.known = client.known.max(found.last);
                    }
                    client.access = access;
                }
            }
            Step::PollFeed(client) => drop(self.poll(client)),
        }
    }

    /// The messages that a client receives. `None` if it has to ask the store.
    fn poll(&mut self, client: usize) -> Option<Vec<i64>> {
        let client = &mut self.clients[client];
        let access = client.access.as_ref()?;
        match client.subscription.poll(MessageId(client.known), access) {
            Poll::Pending => Some(Vec::new()),
            Poll::AskStore => {
                client.access = None;
                None
            }
            Poll::Messages(items, _) => {
                let items: Vec<i64> = items.iter().map(|item| **item).collect();
                let expected: Vec<i64> = (client.known + 1..).take(items.len()).collect();
                assert_eq!(items, expected, "a client that knew {}", client.known);
                client.known = items[items.len() - 1];
                Some(items)
            }
        }
    }

    /// Finishes every read and refresh that has begun, and resyncs if a notification has not arrived.
    fn settle(&mut self) {
        for client in 0..CLIENTS {
            self.apply(&Step::Seed(client));
        }
        if self.is_unnotified {
            self.hub.resync();
        }
        while !self.queue.is_empty() || !self.refreshes.is_empty() {
            for step in [Step::BeginRefresh, Step::ReadRefresh(0), Step::Publish(0)] {
                self.apply(&step);
            }
        }
    }
}

fn publish(refresh: Refresh<i64, AccessVersion>, read: &Store) {
    let items = refresh.after().map_or(Vec::new(), |after| {
        (after.0 + 1..=read.last).map(|number| (MessageId(number), Arc::new(number), 1)).collect()
    });
    let attendees = match refresh.attendees_removed() {
        Some(known) if known != read.attendees_removed => read.attendees.clone(),
        _ => Vec::new(),
    };
    let snapshot = AccessSnapshot {
        access_version: (read.access_version, 0),
        attendees_removed: read.attendees_removed,
        attendees,
    };
    refresh.publish(snapshot, items, MessageId(read.last));
}

/// Takes the steps, settles the world, and returns an error if a client waits although it should not.
fn check_history(steps: &[Step]) -> Result<(), String> {
    let mut world = World::new();
    for step in steps {
        world.apply(step);
    }
    world.settle();
    let Store { last, access_version, attendees_removed, attendees } = world.store.clone();
    for client in 0..CLIENTS {
        let known = world.clients[client].known;
        let Some(access) = world.clients[client].access.clone() else { continue };
        let Some(items) = world.poll(client) else { continue };
        let received = known + i64::try_from(items.len()).unwrap_or(i64::MAX);
        if received != last {
            return Err(format!(
                "client {client}, which knew {known}, waits after {received} although there is {last}"
            ));
        }
        if access.access_version != (access_version, 0) {
            return Err(format!("client {client} waits although the access version has changed"));
        }
        if access.attendees_removed < attendees_removed && !attendees.contains(&access.attendee) {
            return Err(format!("client {client} waits although its attendee was removed"));
        }
    }
    Ok(())
}

/// Checks new histories in each run. `PLAUDER_TEST_CASES` sets how many, `PLAUDER_TEST_SEED` repeats a run that failed.
#[test]
fn no_client_waits_although_there_is_a_message() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let seed = number("PLAUDER_TEST_SEED").unwrap_or_else(random_seed);
    let cases = number("PLAUDER_TEST_CASES").map_or(40_000, |cases| u32::try_from(cases).expect("cases"));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let result = TestRunner::new_with_rng(config, rng)
        .run(&vec(step(), 1..60), |steps| check_history(&steps).map_err(TestCaseError::fail));
    if let Err(error) = result {
        panic!("PLAUDER_TEST_SEED={seed} PLAUDER_TEST_CASES={cases} repeats this: {error}");
    }
}

/// A seed that differs between runs.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}

/// Histories in which a client once waited in vain, or could have: each is the shortest of its kind. Their names say
/// which fault they would show.
mod histories {
    use super::Step::{
        Abandon, BeginRead, BeginRefresh, ChangeAccess, Commit, Notify, Publish, ReadRefresh, ReadStore,
        RemoveAttendee, Seed,
    };
    use super::{Step, check_history};

    fn assert_valid(steps: &[Step]) {
        assert_eq!(check_history(steps), Ok(()));
    }

    #[test]
    fn refresh_older_than_an_invalidation_hides_a_message_of_another_node() {
        let unnotified = [Commit(false), Notify, BeginRefresh, Abandon(1)];
        assert_valid(
            &[&[Commit(true), BeginRefresh, ReadRefresh(0), ReadStore(0)], &unnotified[..]].concat(),
        );
    }

    #[test]
    fn refresh_of_an_empty_conversation_older_than_an_invalidation_hides_its_first_message() {
        assert_valid(&[
            Notify,
            BeginRefresh,
            ReadRefresh(0),
            ReadStore(0),
            Commit(true),
            BeginRefresh,
            Abandon(1),
        ]);
    }

    #[test]
    fn read_and_refresh_with_the_same_result_hide_a_message_after_an_invalidation() {
        assert_valid(&[
            Commit(true),
            ReadStore(0),
            BeginRefresh,
            ReadRefresh(0),
            Commit(true),
            BeginRefresh,
            Abandon(1),
        ]);
    }

    #[test]
    fn read_later_than_the_refresh_hides_a_message_after_an_invalidation() {
        let begins = [Commit(true), BeginRefresh, ReadRefresh(0), Commit(true), ReadStore(0)];
        assert_valid(
            &[&begins[..], &[Notify, Commit(true), BeginRefresh, BeginRefresh, Abandon(1)]].concat(),
        );
    }

    #[test]
    fn refresh_older_than_an_invalidation_hides_a_changed_access_version() {
        assert_valid(&[
            Commit(true),
            BeginRefresh,
            ReadRefresh(0),
            ReadStore(0),
            ChangeAccess,
            BeginRefresh,
            Abandon(1),
        ]);
    }

    #[test]
    fn second_of_two_refreshes_hides_a_changed_access_version() {
        let begins =
            [Commit(true), BeginRefresh, Notify, BeginRefresh, ReadRefresh(1), ReadStore(0), ReadRefresh(0)];
        assert_valid(&[&begins[..], &[ChangeAccess, BeginRefresh, Abandon(2)]].concat());
    }

    #[test]
    fn read_after_an_invalidation_hides_a_removed_attendee() {
        let begins = [ReadStore(1), ReadStore(2), Seed(1), RemoveAttendee(1)];
        assert_valid(&[&begins[..], &[BeginRefresh, Abandon(0), ReadStore(0)]].concat());
    }

    #[test]
    fn read_that_began_before_an_invalidation_hides_a_later_message() {
        let begins = [BeginRead(0), Commit(true), BeginRefresh, ReadStore(0)];
        assert_valid(
            &[&begins[..], &[Commit(true), BeginRefresh, ReadRefresh(0), Publish(0), Abandon(0)]].concat(),
        );
    }
}
