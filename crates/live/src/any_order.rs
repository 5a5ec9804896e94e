//! Commits, those who read them, and those who wait, in any order: nobody is told that there is nothing when there is
//! something, and nobody is handed messages with one missing between them.

use std::collections::VecDeque;
use std::sync::Arc;

use plauder_model::{AttendeeId, ConversationId, MessageId};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::hub::Task;
use crate::{Gate, Hub, Look, Mark, Pass, Queue, Watch};

const ROOM: ConversationId = ConversationId(7);

type Admission = (i64, i64);

#[derive(Debug, Clone)]
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
    /// One of those who wait looks in the store.
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
    admission: i64,
    seats_gone: i64,
    seats: Vec<AttendeeId>,
}

struct Waiter {
    watch: Watch<i64, Admission>,
    known: i64,
    pass: Option<Pass<Admission>>,
    /// What they found in the store and have not told yet.
    found: Option<(Store, Mark)>,
    seat: AttendeeId,
}

struct Reading {
    task: Task<i64, Admission>,
    read: Option<Store>,
}

struct World {
    hub: Hub<i64, Admission>,
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
        let seats: Vec<_> = (0..).map(AttendeeId).take(WAITERS).collect();
        let waiters = seats.iter().map(|seat| Waiter {
            watch: hub.watch(ROOM),
            known: 0,
            pass: None,
            found: None,
            seat: *seat,
        });
        let waiters = waiters.collect();
        let store = Store { last: 0, admission: 0, seats_gone: 0, seats };
        Self { hub, queue, store, waiters, readings: VecDeque::new(), is_unheard: false }
    }

    fn takes(&mut self, step: &Step) {
        match *step {
            Step::Writes(is_heard_of) => {
                self.store.last += 1;
                if is_heard_of {
                    self.hub.touched(ROOM);
                } else {
                    self.is_unheard = true;
                }
            }
            Step::HearsOf => {
                self.hub.touched(ROOM);
                self.is_unheard = false;
            }
            Step::ChangesAdmission => {
                self.store.admission += 1;
                self.hub.touched(ROOM);
            }
            Step::TakesSeat(of) => {
                let seat = self.waiters[of].seat;
                if self.store.seats.contains(&seat) {
                    self.store.seats.retain(|kept| *kept != seat);
                    self.store.seats_gone += 1;
                    self.hub.touched(ROOM);
                }
            }
            Step::TakesUp => {
                if let Ok(id) = self.queue.try_recv()
                    && let Some(task) = self.hub.take_up(id)
                {
                    self.readings.push_back(Reading { task, read: None });
                }
            }
            Step::Reads(at) => {
                if let Some(reading) = self.readings.get_mut(at) {
                    reading.read.get_or_insert(self.store.clone());
                }
            }
            Step::Publishes(at) => {
                if self.readings.get(at).is_some_and(|reading| reading.read.is_some())
                    && let Some(Reading { task, read: Some(read) }) = self.readings.remove(at)
                {
                    publish(task, &read);
                }
            }
            Step::GivesUp(at) => drop(self.readings.remove(at)),
            Step::LooksInStore(who) => {
                let waiter = &mut self.waiters[who];
                waiter.found = Some((self.store.clone(), waiter.watch.mark()));
            }
            Step::Tells(who) => {
                let waiter = &mut self.waiters[who];
                if let Some((found, mark)) = waiter.found.take() {
                    let pass = found.seats.contains(&waiter.seat).then_some(Pass {
                        admission: (found.admission, 0),
                        seats_gone: found.seats_gone,
                        seat: waiter.seat,
                    });
                    if let Some(pass) = &pass {
                        waiter.watch.know(MessageId(found.last), pass, mark);
                        waiter.known = waiter.known.max(found.last);
                    }
                    waiter.pass = pass;
                }
            }
            Step::Looks(who) => drop(self.look(who)),
        }
    }

    /// What one of those who wait finds: `None` if they look in the store.
    fn look(&mut self, who: usize) -> Option<Vec<i64>> {
        let waiter = &mut self.waiters[who];
        let pass = waiter.pass.as_ref()?;
        match waiter.watch.look(MessageId(waiter.known), pass) {
            Look::Nothing => Some(Vec::new()),
            Look::Yourself => {
                waiter.pass = None;
                None
            }
            Look::Messages(items, _) => {
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
            self.hub.missed();
        }
        while !self.queue.is_empty() || !self.readings.is_empty() {
            for step in [Step::TakesUp, Step::Reads(0), Step::Publishes(0)] {
                self.takes(&step);
            }
        }
    }
}

fn publish(task: Task<i64, Admission>, read: &Store) {
    let items = task.after().map_or(Vec::new(), |after| {
        (after.0 + 1..=read.last).map(|number| (MessageId(number), Arc::new(number), 1)).collect()
    });
    let seats = match task.seats_gone() {
        Some(known) if known != read.seats_gone => read.seats.clone(),
        _ => Vec::new(),
    };
    let gate = Gate { admission: (read.admission, 0), seats_gone: read.seats_gone, seats };
    task.done(gate, items, MessageId(read.last));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nobody_waits_for_what_is_there(steps in vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.takes(step);
        }
        world.comes_to_rest();
        let Store { last, admission, seats_gone, seats } = world.store.clone();
        for who in 0..WAITERS {
            let known = world.waiters[who].known;
            let Some(pass) = world.waiters[who].pass.clone() else { continue };
            let Some(items) = world.look(who) else { continue };
            prop_assert_eq!(known + i64::try_from(items.len()).unwrap(), last, "who knew {} waits in vain", known);
            prop_assert_eq!(pass.admission, (admission, 0), "let in at another admission");
            prop_assert!(pass.seats_gone >= seats_gone || seats.contains(&pass.seat), "without a seat");
        }
    }
}
