//! All conversations for which somebody waits on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plauder_model::{ConversationId, MessageId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::channel::{Channel, Gate, Generation, Watch};

/// How long a conversation is kept in mind after the last one who waited for it: clients that got a message ask for the
/// next one at once.
const KEPT: Duration = Duration::from_secs(10);

/// In how many parts the conversations are kept, so that those who come and go do not wait for each other.
const SHARDS: usize = 16;

/// All conversations for which somebody waits. `I` is a message as it is handed over, `A` what one was let in at,
/// the newer the greater. Cloning gives another handle to the same.
pub struct Hub<I, A>(Arc<Shared<I, A>>);

impl<I, A> Clone for Hub<I, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Shared<I, A> {
    shards: [Mutex<Shard<I, A>>; SHARDS],
    due: UnboundedSender<ConversationId>,
}

type Shard<I, A> = HashMap<ConversationId, Arc<Channel<I, A>>>;

/// The conversations in which something happened, for whoever reads what it was.
pub type Queue = UnboundedReceiver<ConversationId>;

impl<I, A: PartialOrd + Clone> Hub<I, A> {
    /// A hub where nobody waits, and the queue of what there will be to look for.
    #[must_use]
    pub fn new() -> (Self, Queue) {
        let (due, queue) = unbounded_channel();
        let shards = std::array::from_fn(|_| Mutex::default());
        (Self(Arc::new(Shared { shards, due })), queue)
    }

    fn shard(&self, id: ConversationId) -> MutexGuard<'_, Shard<I, A>> {
        let at = usize::try_from(id.0.unsigned_abs() % SHARDS as u64).unwrap_or_default();
        self.0.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for a conversation. What is committed from now on is not missed; what was before has to be looked
    /// for in the store after this.
    #[must_use]
    pub fn watch(&self, id: ConversationId) -> Watch<I, A> {
        let mut shard = self.shard(id);
        let channel = shard.entry(id).or_insert_with(|| Arc::new(Channel::new()));
        Watch::new(Arc::clone(channel))
    }

    /// Something was committed in a conversation. Where somebody waits for it, it comes into the queue, once until it is
    /// taken up. Does not wait.
    pub fn touched(&self, id: ConversationId) {
        let mut shard = self.shard(id);
        let Some(channel) = shard.get(&id) else { return };
        if channel.is_idle_for(KEPT) {
            shard.remove(&id);
        } else if channel.touch() {
            let _ = self.0.due.send(id);
        }
    }

    /// Something may have been committed anywhere without being told.
    pub fn missed(&self) {
        for shard in &self.0.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, channel) in &*shard {
                if channel.touch() {
                    let _ = self.0.due.send(*id);
                }
            }
        }
    }

    /// Wakes everybody who waits, though nothing happened.
    pub fn wake(&self) {
        for shard in &self.0.shards {
            for channel in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                channel.wake();
            }
        }
    }

    /// Takes up a conversation from the queue: after which message to look for what is new. `None`: nobody waits for it
    /// any more.
    #[must_use]
    pub fn take_up(&self, id: ConversationId) -> Option<Task<I, A>> {
        let channel = self.shard(id).get(&id).map(Arc::clone)?;
        // From here on, another touch is another look.
        channel.is_due.store(false, std::sync::atomic::Ordering::Release);
        let (generation, after, seats_gone) = channel.begin_reading();
        Some(Task { channel, generation, after, seats_gone, is_done: false })
    }

    /// Forgets the conversations that nobody waited for in the last while.
    pub fn tidy(&self) {
        for shard in &self.0.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, channel| !channel.is_idle_for(KEPT));
        }
    }
}

/// A conversation in which something happened, to be read by whoever took it up. If it is dropped before that is done,
/// everybody looks themselves.
pub struct Task<I, A: PartialOrd> {
    channel: Arc<Channel<I, A>>,
    generation: Generation,
    after: Option<MessageId>,
    seats_gone: Option<i64>,
    is_done: bool,
}

impl<I, A: PartialOrd> Task<I, A> {
    /// After which message to look. `None`: whoever waits has not told yet what is known. Then it is enough to find out
    /// which message is the last one; who knows less will look themselves.
    #[must_use]
    pub fn after(&self) -> Option<MessageId> {
        self.after
    }

    /// How many times seats had gone as far as is known to those who wait. When it is another number now, it has to be
    /// looked which are left. `None`: nothing is known, and that need not be either.
    #[must_use]
    pub fn seats_gone(&self) -> Option<i64> {
        self.seats_gone
    }

    /// Hands over what came after [`Task::after`], up to the message `last`, for those whom `gate` lets through: each
    /// message with its size in bytes.
    pub fn done(mut self, gate: Gate<A>, items: Vec<(MessageId, Arc<I>, usize)>, last: MessageId) {
        self.is_done = true;
        self.channel.publish(self.generation, self.after, gate, items, last);
    }

    /// It could not be found out what happened, or the conversation is gone: everybody looks themselves.
    pub fn given_up(self) {
        drop(self);
    }
}

impl<I, A: PartialOrd> Drop for Task<I, A> {
    fn drop(&mut self) {
        if !self.is_done {
            self.channel.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plauder_model::AttendeeId;

    use crate::{Look, Pass};

    type TestHub = Hub<&'static str, u32>;

    const ROOM: ConversationId = ConversationId(7);

    /// Somebody on the seat 1 who was let in at `admission`, when no seat had gone yet.
    fn at(admission: u32) -> Pass<u32> {
        Pass { admission, seats_gone: 0, seat: AttendeeId(1) }
    }

    fn gate(admission: u32) -> Gate<u32> {
        Gate { admission, seats_gone: 0, seats: Vec::new() }
    }

    fn id(number: i64) -> MessageId {
        MessageId(number)
    }

    fn found(look: Look<&'static str>) -> Vec<&'static str> {
        match look {
            Look::Messages(items, _) => items.into_iter().map(|item| *item).collect(),
            Look::Nothing => Vec::new(),
            Look::Yourself => vec!["look yourself"],
        }
    }

    fn publishes(hub: &TestHub, queue: &mut Queue, admission: u32, items: &[(i64, &'static str)], last: i64) {
        hub.touched(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        let items = items.iter().map(|(number, text)| (id(*number), Arc::new(*text), text.len())).collect();
        hub.take_up(ROOM).unwrap().done(gate(admission), items, id(last));
    }

    #[tokio::test]
    async fn who_waits_is_handed_what_came() {
        let (hub, mut queue) = TestHub::new();
        let mut watch = hub.watch(ROOM);
        assert_eq!(found(watch.look(id(10), &at(1))), ["look yourself"], "nobody knows anything yet");
        watch.know(watch.generation(), id(10), &at(1));
        assert_eq!(found(watch.look(id(10), &at(1))), [""; 0]);
        publishes(&hub, &mut queue, 1, &[(11, "a"), (13, "b")], 13);
        watch.changed().await;
        assert_eq!(found(watch.look(id(10), &at(1))), ["a", "b"]);
        assert_eq!(found(watch.look(id(11), &at(1))), ["b"]);
        assert_eq!(found(watch.look(id(9), &at(1))), ["look yourself"], "that was before");
        let late = hub.watch(ROOM);
        assert_eq!(found(late.look(id(11), &at(1))), ["b"], "it is kept for a while");
    }

    #[tokio::test]
    async fn who_was_let_in_at_another_time_looks_again() {
        let (hub, mut queue) = TestHub::new();
        let mut watch = hub.watch(ROOM);
        watch.know(watch.generation(), id(10), &at(1));
        publishes(&hub, &mut queue, 2, &[(11, "not for everybody")], 11);
        watch.changed().await;
        assert_eq!(found(watch.look(id(10), &at(1))), ["look yourself"]);
        assert_eq!(found(watch.look(id(10), &at(2))), ["not for everybody"]);
        hub.take_up(ROOM).unwrap().given_up();
        watch.changed().await;
        assert_eq!(found(watch.look(id(10), &at(2))), ["look yourself"]);
        watch.know(watch.generation(), id(11), &at(2));
        assert_eq!(found(watch.look(id(11), &at(2))), [""; 0]);
    }

    #[tokio::test]
    async fn who_was_let_in_later_than_anybody_is_not_sent_away() {
        let (hub, _queue) = TestHub::new();
        let first = hub.watch(ROOM);
        first.know(first.generation(), id(10), &at(1));
        let second = hub.watch(ROOM);
        second.know(second.generation(), id(10), &at(2));
        assert_eq!(found(second.look(id(10), &at(2))), [""; 0]);
        assert_eq!(found(first.look(id(10), &at(1))), ["look yourself"]);
        first.know(first.generation(), id(10), &at(1));
        assert_eq!(found(first.look(id(10), &at(1))), ["look yourself"], "what is newer counts");
    }

    #[tokio::test]
    async fn who_lost_their_seat_looks_again_and_nobody_else_does() {
        let (hub, mut queue) = TestHub::new();
        let on = |seat, seats_gone| Pass { admission: 1, seats_gone, seat: AttendeeId(seat) };
        let watch = hub.watch(ROOM);
        watch.know(watch.generation(), id(10), &on(1, 4));
        let mut goes = |seats_gone, seats: &[i64], number| {
            hub.touched(ROOM);
            assert_eq!(queue.try_recv(), Ok(ROOM));
            let task = hub.take_up(ROOM).unwrap();
            let known = task.seats_gone();
            let seats = seats.iter().copied().map(AttendeeId).collect();
            let items = vec![(id(number), Arc::new("x"), 1)];
            task.done(Gate { admission: 1, seats_gone, seats }, items, id(number));
            known
        };
        assert_eq!(goes(5, &[1, 3], 11), Some(4));
        assert_eq!(found(watch.look(id(10), &on(1, 4))), ["x"], "still there");
        assert_eq!(found(watch.look(id(10), &on(2, 4))), ["look yourself"], "gone");
        assert_eq!(found(watch.look(id(10), &on(4, 5))), ["x"], "let in since");
        assert_eq!(goes(4, &[], 12), Some(5), "what was read earlier and is told later");
        assert_eq!(found(watch.look(id(11), &on(2, 4))), ["look yourself"], "changes nothing of that");
        assert_eq!(goes(6, &[], 13), Some(5));
        assert_eq!(found(watch.look(id(12), &on(1, 4))), ["look yourself"], "nobody knows which are left");
        watch.know(watch.generation(), id(13), &on(4, 9));
        assert_eq!(
            found(watch.look(id(12), &on(3, 6))),
            ["x"],
            "what is known of seats comes with messages only"
        );
    }

    #[tokio::test]
    async fn what_comes_while_nobody_knows_anything_is_not_missed() {
        let (hub, mut queue) = TestHub::new();
        let watch = hub.watch(ROOM);
        hub.touched(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        // They have looked before message 11 was there, and tell so only after it was found out that it is.
        hub.take_up(ROOM).unwrap().done(gate(1), Vec::new(), id(11));
        watch.know(watch.generation(), id(10), &at(1));
        assert_eq!(found(watch.look(id(10), &at(1))), ["look yourself"]);
        assert_eq!(found(watch.look(id(11), &at(1))), [""; 0]);
    }

    #[tokio::test]
    async fn what_lies_between_two_who_looked_is_not_passed_over() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.watch(ROOM);
        hub.touched(ROOM);
        let finding_out = hub.take_up(ROOM).unwrap();
        assert_eq!((queue.try_recv(), finding_out.after()), (Ok(ROOM), None));
        // They looked before message 11 was there, and wait before it is told that it is.
        slow.know(slow.generation(), id(10), &at(1));
        finding_out.done(gate(1), Vec::new(), id(11));
        assert_eq!(found(slow.look(id(10), &at(1))), ["look yourself"]);
        publishes(&hub, &mut queue, 1, &[], 12);
        assert_eq!(found(slow.look(id(10), &at(1))), ["look yourself"], "and so it stays");
    }

    #[tokio::test]
    async fn what_was_forgotten_is_not_known_from_an_earlier_look() {
        let (hub, _queue) = TestHub::new();
        let (one, other) = (hub.watch(ROOM), hub.watch(ROOM));
        // Both look before message 11 is there.
        let (begun_by_one, begun_by_other) = (one.generation(), other.generation());
        hub.touched(ROOM);
        let finding_out = hub.take_up(ROOM).unwrap();
        one.know(begun_by_one, id(10), &at(1));
        finding_out.done(gate(1), Vec::new(), id(11));
        other.know(begun_by_other, id(10), &at(1));
        assert_eq!(found(other.look(id(10), &at(1))), ["look yourself"], "nobody reads it for them");
        other.know(other.generation(), id(11), &at(1));
        assert_eq!(found(other.look(id(11), &at(1))), [""; 0]);
    }

    #[test]
    fn a_touch_is_queued_once_until_it_is_taken_up() {
        let (hub, mut queue) = TestHub::new();
        hub.touched(ROOM);
        assert!(queue.try_recv().is_err(), "nobody waits");
        let _watch = hub.watch(ROOM);
        hub.touched(ROOM);
        hub.touched(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        assert!(queue.try_recv().is_err());
        assert_eq!(hub.take_up(ROOM).unwrap().after(), None);
        hub.missed();
        assert_eq!(queue.try_recv(), Ok(ROOM));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_is_forgotten() {
        let (hub, mut queue) = TestHub::new();
        drop(hub.watch(ROOM));
        tokio::time::advance(KEPT / 2).await;
        hub.touched(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM), "they may come again");
        tokio::time::advance(KEPT).await;
        hub.touched(ROOM);
        assert!(hub.take_up(ROOM).is_none());
    }

    #[tokio::test]
    async fn what_lies_between_is_not_passed_over() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.watch(ROOM);
        slow.know(slow.generation(), id(5), &at(1));
        publishes(&hub, &mut queue, 1, &[(10, "five more")], 10);
        hub.touched(ROOM);
        let reading = hub.take_up(ROOM).unwrap();
        let long_ago = slow.generation();
        hub.take_up(ROOM).unwrap().given_up();
        // Somebody who looked long ago tells what was known then.
        slow.know(long_ago, id(5), &at(1));
        reading.done(gate(1), vec![(id(11), Arc::new("after ten"), 9)], id(11));
        assert_eq!(found(slow.look(id(5), &at(1))), ["look yourself"]);
    }

    #[test]
    fn long_messages_are_kept_for_fewer() {
        let (hub, mut queue) = TestHub::new();
        let watch = hub.watch(ROOM);
        watch.know(watch.generation(), id(0), &at(1));
        for number in 1..=4 {
            hub.touched(ROOM);
            let _ = queue.try_recv();
            hub.take_up(ROOM).unwrap().done(gate(1), vec![(id(number), Arc::new("x"), 100_000)], id(number));
        }
        assert_eq!(found(watch.look(id(1), &at(1))), ["look yourself"]);
        assert_eq!(found(watch.look(id(2), &at(1))), ["x", "x"]);
        drop(watch);
        hub.tidy();
        assert!(hub.take_up(ROOM).is_some(), "they may come again");
    }

    #[test]
    fn only_the_last_ones_are_kept() {
        let (hub, mut queue) = TestHub::new();
        let watch = hub.watch(ROOM);
        watch.know(watch.generation(), id(0), &at(1));
        for number in 1..=300 {
            publishes(&hub, &mut queue, 1, &[(number, "x")], number);
        }
        assert_eq!(found(watch.look(id(43), &at(1))), ["look yourself"]);
        assert_eq!(found(watch.look(id(44), &at(1))).len(), 256);
        assert_eq!(found(watch.look(id(299), &at(1))), ["x"]);
    }
}
