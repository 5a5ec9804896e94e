//! Commits, those who read them, and those who wait, in any order: nobody is told that there is nothing when there is
//! something, and nobody is handed messages with one missing between them.

use std::collections::VecDeque;
use std::sync::Arc;

use plauder_model::{AttendeeId, ConversationId, MessageId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::hub::Refresh;
use crate::{AccessSnapshot, Generation, Hub, Poll, Queue, ReaderAccess, Subscription};

const ROOM: ConversationId = ConversationId(7);

type AccessVersion = (i64, i64);

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A message is written; those who wait are told now or, from another node, later or never.
    Writes(bool),
    /// A word that came from elsewhere.
    HearsOf,
    /// Whoever lets people in changes their mind.
    ChangesAdmission,
    /// The seat of one of those who wait goes.
    TakesSeat(usize),
    /// Somebody takes up what there is to read.
    TakesUp,
    /// One of those who took something up reads it.
    Reads(usize),
    /// One who has read hands it over.
    Publishes(usize),
    /// One who took something up fails.
    GivesUp(usize),
    /// One of those who wait begins a look in the store: they have not reached it yet.
    BeginsLook(usize),
    /// One of those who wait looks in the store, and begins that now if they have not before.
    LooksInStore(usize),
    /// One who looked in the store tells what is known.
    Tells(usize),
    /// One of those who wait looks what is new, and goes on from there.
    Looks(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let one = 0..WAITERS;
    prop_oneof![
        4 => any::<bool>().prop_map(Step::Writes),
        1 => Just(Step::HearsOf),
        1 => Just(Step::ChangesAdmission),
        1 => one.clone().prop_map(Step::TakesSeat),
        4 => Just(Step::TakesUp),
        4 => (0..4_usize).prop_map(Step::Reads),
        4 => (0..4_usize).prop_map(Step::Publishes),
        1 => (0..4_usize).prop_map(Step::GivesUp),
        1 => one.clone().prop_map(Step::BeginsLook),
        3 => one.clone().prop_map(Step::LooksInStore),
        3 => one.clone().prop_map(Step::Tells),
        4 => one.prop_map(Step::Looks),
    ]
}

const WAITERS: usize = 3;

/// What is committed.
#[derive(Debug, Clone)]
struct Store {
    last: i64,
    access_version: i64,
    attendees_removed: i64,
    attendees: Vec<AttendeeId>,
}

struct Waiter {
    subscription: Subscription<i64, AccessVersion>,
    known: i64,
    access: Option<ReaderAccess<AccessVersion>>,
    /// When the look in the store began that they have not ended yet.
    begun: Option<Generation>,
    /// What they found in the store and have not told yet.
    found: Option<(Store, Generation)>,
    attendee: AttendeeId,
}

struct Reading {
    refresh: Refresh<i64, AccessVersion>,
    read: Option<Store>,
}

struct World {
    hub: Hub<i64, AccessVersion>,
    queue: Queue,
    store: Store,
    waiters: Vec<Waiter>,
    readings: VecDeque<Reading>,
    /// Whether something was written of which no word came yet.
    is_unheard: bool,
}

impl World {
    fn new() -> Self {
        let (hub, queue) = Hub::new();
        let attendees: Vec<_> = (0..).map(AttendeeId).take(WAITERS).collect();
        let waiters = attendees.iter().map(|attendee| Waiter {
            subscription: hub.subscribe(ROOM),
            known: 0,
            access: None,
            begun: None,
            found: None,
            attendee: *attendee,
        });
        let waiters = waiters.collect();
        let store = Store { last: 0, access_version: 0, attendees_removed: 0, attendees };
        Self { hub, queue, store, waiters, readings: VecDeque::new(), is_unheard: false }
    }

    fn takes(&mut self, step: &Step) {
        match *step {
            Step::Writes(is_heard_of) => {
                self.store.last += 1;
                if is_heard_of {
                    self.hub.mark_changed(ROOM);
                } else {
                    self.is_unheard = true;
                }
            }
            Step::HearsOf => {
                self.hub.mark_changed(ROOM);
                self.is_unheard = false;
            }
            Step::ChangesAdmission => {
                self.store.access_version += 1;
                self.hub.mark_changed(ROOM);
            }
            Step::TakesSeat(of) => {
                let attendee = self.waiters[of].attendee;
                if self.store.attendees.contains(&attendee) {
                    self.store.attendees.retain(|kept| *kept != attendee);
                    self.store.attendees_removed += 1;
                    self.hub.mark_changed(ROOM);
                }
            }
            Step::TakesUp => {
                if let Ok(id) = self.queue.try_recv()
                    && let Some(refresh) = self.hub.begin_refresh(id)
                {
                    self.readings.push_back(Reading { refresh, read: None });
                }
            }
            Step::Reads(at) => {
                if let Some(reading) = self.readings.get_mut(at) {
                    reading.read.get_or_insert(self.store.clone());
                }
            }
            Step::Publishes(at) => {
                if self.readings.get(at).is_some_and(|reading| reading.read.is_some())
                    && let Some(Reading { refresh, read: Some(read) }) = self.readings.remove(at)
                {
                    publish(refresh, &read);
                }
            }
            Step::GivesUp(at) => drop(self.readings.remove(at)),
            Step::BeginsLook(who) => {
                let waiter = &mut self.waiters[who];
                waiter.begun = Some(waiter.subscription.generation());
            }
            Step::LooksInStore(who) => {
                let waiter = &mut self.waiters[who];
                let generation = waiter.begun.take().unwrap_or_else(|| waiter.subscription.generation());
                waiter.found = Some((self.store.clone(), generation));
            }
            Step::Tells(who) => {
                let waiter = &mut self.waiters[who];
                if let Some((found, generation)) = waiter.found.take() {
                    let access = found.attendees.contains(&waiter.attendee).then_some(ReaderAccess {
                        access_version: (found.access_version, 0),
                        attendees_removed: found.attendees_removed,
                        attendee: waiter.attendee,
                    });
                    if let Some(access) = &access {
                        waiter.subscription.seed(generation, MessageId(found.last), access);
                        waiter.known = waiter.known.max(found.last);
                    }
                    waiter.access = access;
                }
            }
            Step::Looks(who) => drop(self.poll(who)),
        }
    }

    /// What one of those who wait finds: `None` if they look in the store.
    fn poll(&mut self, who: usize) -> Option<Vec<i64>> {
        let waiter = &mut self.waiters[who];
        let access = waiter.access.as_ref()?;
        match waiter.subscription.poll(MessageId(waiter.known), access) {
            Poll::Pending => Some(Vec::new()),
            Poll::AskStore => {
                waiter.access = None;
                None
            }
            Poll::Messages(items, _) => {
                let items: Vec<i64> = items.iter().map(|item| **item).collect();
                let wanted: Vec<i64> = (waiter.known + 1..).take(items.len()).collect();
                assert_eq!(items, wanted, "for one who knew {}", waiter.known);
                waiter.known = items[items.len() - 1];
                Some(items)
            }
        }
    }

    /// Lets everything that was begun come to its end, and tells of what was not told of, if there is anything.
    fn comes_to_rest(&mut self) {
        for who in 0..WAITERS {
            self.takes(&Step::Tells(who));
        }
        if self.is_unheard {
            self.hub.resync();
        }
        while !self.queue.is_empty() || !self.readings.is_empty() {
            for step in [Step::TakesUp, Step::Reads(0), Step::Publishes(0)] {
                self.takes(&step);
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

/// Takes the steps, lets everything come to rest, and says who waits though they should not.
fn who_waits_in_vain(steps: &[Step]) -> Result<(), String> {
    let mut world = World::new();
    for step in steps {
        world.takes(step);
    }
    world.comes_to_rest();
    let Store { last, access_version, attendees_removed, attendees } = world.store.clone();
    for who in 0..WAITERS {
        let known = world.waiters[who].known;
        let Some(access) = world.waiters[who].access.clone() else { continue };
        let Some(items) = world.poll(who) else { continue };
        let seen = known + i64::try_from(items.len()).unwrap_or(i64::MAX);
        if seen != last {
            return Err(format!(
                "{who}, who knew {known}, waits for more than {seen} although {last} is there"
            ));
        }
        if access.access_version != (access_version, 0) {
            return Err(format!("{who} goes on waiting, let in at another admission"));
        }
        if access.attendees_removed < attendees_removed && !attendees.contains(&access.attendee) {
            return Err(format!("{who} goes on waiting without a seat"));
        }
    }
    Ok(())
}

/// Tries fresh histories each time. `PLAUDER_TEST_CASES` sets how many, `PLAUDER_TEST_SEED` repeats a run that failed.
#[test]
fn nobody_waits_for_what_is_there() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let seed = number("PLAUDER_TEST_SEED").unwrap_or_else(rand_seed);
    let cases = number("PLAUDER_TEST_CASES").map_or(4_000, |cases| u32::try_from(cases).expect("cases"));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let tried = TestRunner::new_with_rng(config, rng)
        .run(&vec(step(), 1..60), |steps| who_waits_in_vain(&steps).map_err(TestCaseError::fail));
    if let Err(error) = tried {
        panic!("PLAUDER_TEST_SEED={seed} repeats this: {error}");
    }
}

/// A seed that no run before had.
fn rand_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}

/// Histories in which somebody waited in vain, or could have: each is the shortest of its kind.
mod histories {
    use super::Step::{
        BeginsLook, ChangesAdmission, GivesUp, HearsOf, LooksInStore, Publishes, Reads, TakesSeat, TakesUp,
        Tells, Writes,
    };
    use super::{Step, who_waits_in_vain};

    fn ends_well(steps: &[Step]) {
        assert_eq!(who_waits_in_vain(steps), Ok(()));
    }

    #[test]
    fn a_reading_older_than_a_failure_hides_a_message_of_another_node() {
        let unheard = [Writes(false), HearsOf, TakesUp, GivesUp(1)];
        ends_well(&[&[Writes(true), TakesUp, Reads(0), LooksInStore(0)], &unheard[..]].concat());
    }

    #[test]
    fn a_reading_of_an_empty_conversation_older_than_a_failure_hides_its_first_message() {
        ends_well(&[HearsOf, TakesUp, Reads(0), LooksInStore(0), Writes(true), TakesUp, GivesUp(1)]);
    }

    #[test]
    fn a_look_and_a_reading_that_found_the_same_hide_a_message_after_a_failure() {
        ends_well(&[Writes(true), LooksInStore(0), TakesUp, Reads(0), Writes(true), TakesUp, GivesUp(1)]);
    }

    #[test]
    fn a_look_later_than_the_reading_hides_a_message_after_a_failure() {
        let begins = [Writes(true), TakesUp, Reads(0), Writes(true), LooksInStore(0)];
        ends_well(&[&begins[..], &[HearsOf, Writes(true), TakesUp, TakesUp, GivesUp(1)]].concat());
    }

    #[test]
    fn a_reading_older_than_a_failure_hides_a_changed_admission() {
        ends_well(&[Writes(true), TakesUp, Reads(0), LooksInStore(0), ChangesAdmission, TakesUp, GivesUp(1)]);
    }

    #[test]
    fn the_second_reading_of_two_hides_a_changed_admission() {
        let begins = [Writes(true), TakesUp, HearsOf, TakesUp, Reads(1), LooksInStore(0), Reads(0)];
        ends_well(&[&begins[..], &[ChangesAdmission, TakesUp, GivesUp(2)]].concat());
    }

    #[test]
    fn a_look_after_a_failure_hides_that_a_seat_is_gone() {
        let begins = [LooksInStore(1), LooksInStore(2), Tells(1), TakesSeat(1)];
        ends_well(&[&begins[..], &[TakesUp, GivesUp(0), LooksInStore(0)]].concat());
    }

    #[test]
    fn a_look_that_began_before_a_failure_hides_a_message_written_after_it_began() {
        let begins = [BeginsLook(0), Writes(true), TakesUp, LooksInStore(0)];
        ends_well(&[&begins[..], &[Writes(true), TakesUp, Reads(0), Publishes(0), GivesUp(0)]].concat());
    }
}
