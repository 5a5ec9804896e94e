//! All conversations for which somebody waits on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plauder_model::{ConversationId, MessageId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::feed::{AccessSnapshot, Feed, Generation, Subscription};

/// How long a conversation is kept in mind after the last one who waited for it: clients that got a message ask for the
/// next one at once.
const KEEP_IDLE: Duration = Duration::from_secs(10);

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

type Shard<I, A> = HashMap<ConversationId, Arc<Feed<I, A>>>;

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
    pub fn subscribe(&self, id: ConversationId) -> Subscription<I, A> {
        let mut shard = self.shard(id);
        let feed = shard.entry(id).or_insert_with(|| Arc::new(Feed::new()));
        Subscription::new(Arc::clone(feed))
    }

    /// Something was committed in a conversation. Where somebody waits for it, it comes into the queue, once until it is
    /// taken up. Does not wait.
    pub fn mark_changed(&self, id: ConversationId) {
        let mut shard = self.shard(id);
        let Some(feed) = shard.get(&id) else { return };
        if feed.is_idle_for(KEEP_IDLE) {
            shard.remove(&id);
        } else if feed.mark_changed() {
            let _ = self.0.due.send(id);
        }
    }

    /// Something may have been committed anywhere without being told.
    pub fn resync(&self) {
        for shard in &self.0.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, feed) in &*shard {
                if feed.mark_changed() {
                    let _ = self.0.due.send(*id);
                }
            }
        }
    }

    /// Wakes everybody who waits, though nothing happened.
    pub fn wake(&self) {
        for shard in &self.0.shards {
            for feed in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                feed.wake();
            }
        }
    }

    /// Takes up a conversation from the queue: after which message to look for what is new. `None`: nobody waits for it
    /// any more.
    #[must_use]
    pub fn begin_refresh(&self, id: ConversationId) -> Option<Refresh<I, A>> {
        let feed = self.shard(id).get(&id).map(Arc::clone)?;
        // From here on, another touch is another look.
        feed.is_queued.store(false, std::sync::atomic::Ordering::Release);
        let (generation, after, attendees_removed) = feed.begin_refresh();
        Some(Refresh { feed, generation, after, attendees_removed, is_done: false })
    }

    /// Forgets the conversations that nobody waited for in the last while.
    pub fn tidy(&self) {
        for shard in &self.0.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, feed| !feed.is_idle_for(KEEP_IDLE));
        }
    }
}

/// A conversation in which something happened, to be read by whoever took it up. If it is dropped before that is done,
/// everybody looks themselves.
pub struct Refresh<I, A: PartialOrd> {
    feed: Arc<Feed<I, A>>,
    generation: Generation,
    after: Option<MessageId>,
    attendees_removed: Option<i64>,
    is_done: bool,
}

impl<I, A: PartialOrd> Refresh<I, A> {
    /// After which message to look. `None`: whoever waits has not told yet what is known. Then it is enough to find out
    /// which message is the last one; who knows less will look themselves.
    #[must_use]
    pub fn after(&self) -> Option<MessageId> {
        self.after
    }

    /// How many times seats had gone as far as is known to those who wait. When it is another number now, it has to be
    /// looked which are left. `None`: nothing is known, and that need not be either.
    #[must_use]
    pub fn attendees_removed(&self) -> Option<i64> {
        self.attendees_removed
    }

    /// Hands over what came after [`Refresh::after`], up to the message `last`, for those whom `snapshot` lets through: each
    /// message with its size in bytes.
    pub fn publish(
        mut self,
        snapshot: AccessSnapshot<A>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) {
        self.is_done = true;
        self.feed.publish(self.generation, self.after, snapshot, items, last);
    }

    /// It could not be found out what happened, or the conversation is gone: everybody looks themselves.
    pub fn abandon(self) {
        drop(self);
    }
}

impl<I, A: PartialOrd> Drop for Refresh<I, A> {
    fn drop(&mut self) {
        if !self.is_done {
            self.feed.invalidate();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plauder_model::AttendeeId;

    use crate::{Poll, ReaderAccess};

    type TestHub = Hub<&'static str, u32>;

    const ROOM: ConversationId = ConversationId(7);

    /// Somebody on the seat 1 who was let in at `access_version`, when no seat had gone yet.
    fn at(access_version: u32) -> ReaderAccess<u32> {
        ReaderAccess { access_version, attendees_removed: 0, attendee: AttendeeId(1) }
    }

    fn snapshot(access_version: u32) -> AccessSnapshot<u32> {
        AccessSnapshot { access_version, attendees_removed: 0, attendees: Vec::new() }
    }

    fn id(number: i64) -> MessageId {
        MessageId(number)
    }

    fn found(look: Poll<&'static str>) -> Vec<&'static str> {
        match look {
            Poll::Messages(items, _) => items.into_iter().map(|item| *item).collect(),
            Poll::Pending => Vec::new(),
            Poll::AskStore => vec!["look yourself"],
        }
    }

    fn publishes(
        hub: &TestHub,
        queue: &mut Queue,
        access_version: u32,
        items: &[(i64, &'static str)],
        last: i64,
    ) {
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        let items = items.iter().map(|(number, text)| (id(*number), Arc::new(*text), text.len())).collect();
        hub.begin_refresh(ROOM).unwrap().publish(snapshot(access_version), items, id(last));
    }

    #[tokio::test]
    async fn who_waits_is_handed_what_came() {
        let (hub, mut queue) = TestHub::new();
        let mut subscription = hub.subscribe(ROOM);
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["look yourself"], "nobody knows anything yet");
        subscription.seed(subscription.generation(), id(10), &at(1));
        assert_eq!(found(subscription.poll(id(10), &at(1))), [""; 0]);
        publishes(&hub, &mut queue, 1, &[(11, "a"), (13, "b")], 13);
        subscription.changed().await;
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["a", "b"]);
        assert_eq!(found(subscription.poll(id(11), &at(1))), ["b"]);
        assert_eq!(found(subscription.poll(id(9), &at(1))), ["look yourself"], "that was before");
        let late = hub.subscribe(ROOM);
        assert_eq!(found(late.poll(id(11), &at(1))), ["b"], "it is kept for a while");
    }

    #[tokio::test]
    async fn who_was_let_in_at_another_time_looks_again() {
        let (hub, mut queue) = TestHub::new();
        let mut subscription = hub.subscribe(ROOM);
        subscription.seed(subscription.generation(), id(10), &at(1));
        publishes(&hub, &mut queue, 2, &[(11, "not for everybody")], 11);
        subscription.changed().await;
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["look yourself"]);
        assert_eq!(found(subscription.poll(id(10), &at(2))), ["not for everybody"]);
        hub.begin_refresh(ROOM).unwrap().abandon();
        subscription.changed().await;
        assert_eq!(found(subscription.poll(id(10), &at(2))), ["look yourself"]);
        subscription.seed(subscription.generation(), id(11), &at(2));
        assert_eq!(found(subscription.poll(id(11), &at(2))), [""; 0]);
    }

    #[tokio::test]
    async fn who_was_let_in_later_than_anybody_is_not_sent_away() {
        let (hub, _queue) = TestHub::new();
        let first = hub.subscribe(ROOM);
        first.seed(first.generation(), id(10), &at(1));
        let second = hub.subscribe(ROOM);
        second.seed(second.generation(), id(10), &at(2));
        assert_eq!(found(second.poll(id(10), &at(2))), [""; 0]);
        assert_eq!(found(first.poll(id(10), &at(1))), ["look yourself"]);
        first.seed(first.generation(), id(10), &at(1));
        assert_eq!(found(first.poll(id(10), &at(1))), ["look yourself"], "what is newer counts");
    }

    #[tokio::test]
    async fn who_lost_their_seat_looks_again_and_nobody_else_does() {
        let (hub, mut queue) = TestHub::new();
        let on = |attendee, attendees_removed| ReaderAccess {
            access_version: 1,
            attendees_removed,
            attendee: AttendeeId(attendee),
        };
        let subscription = hub.subscribe(ROOM);
        subscription.seed(subscription.generation(), id(10), &on(1, 4));
        let mut goes = |attendees_removed, attendees: &[i64], number| {
            hub.mark_changed(ROOM);
            assert_eq!(queue.try_recv(), Ok(ROOM));
            let refresh = hub.begin_refresh(ROOM).unwrap();
            let known = refresh.attendees_removed();
            let attendees = attendees.iter().copied().map(AttendeeId).collect();
            let items = vec![(id(number), Arc::new("x"), 1)];
            refresh.publish(
                AccessSnapshot { access_version: 1, attendees_removed, attendees },
                items,
                id(number),
            );
            known
        };
        assert_eq!(goes(5, &[1, 3], 11), Some(4));
        assert_eq!(found(subscription.poll(id(10), &on(1, 4))), ["x"], "still there");
        assert_eq!(found(subscription.poll(id(10), &on(2, 4))), ["look yourself"], "gone");
        assert_eq!(found(subscription.poll(id(10), &on(4, 5))), ["x"], "let in since");
        assert_eq!(goes(4, &[], 12), Some(5), "what was read earlier and is told later");
        assert_eq!(found(subscription.poll(id(11), &on(2, 4))), ["look yourself"], "changes nothing of that");
        assert_eq!(goes(6, &[], 13), Some(5));
        assert_eq!(
            found(subscription.poll(id(12), &on(1, 4))),
            ["look yourself"],
            "nobody knows which are left"
        );
        subscription.seed(subscription.generation(), id(13), &on(4, 9));
        assert_eq!(
            found(subscription.poll(id(12), &on(3, 6))),
            ["x"],
            "what is known of seats comes with messages only"
        );
    }

    #[tokio::test]
    async fn what_comes_while_nobody_knows_anything_is_not_missed() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        // They have looked before message 11 was there, and tell so only after it was found out that it is.
        hub.begin_refresh(ROOM).unwrap().publish(snapshot(1), Vec::new(), id(11));
        subscription.seed(subscription.generation(), id(10), &at(1));
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["look yourself"]);
        assert_eq!(found(subscription.poll(id(11), &at(1))), [""; 0]);
    }

    #[tokio::test]
    async fn what_lies_between_two_who_looked_is_not_passed_over() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        let finding_out = hub.begin_refresh(ROOM).unwrap();
        assert_eq!((queue.try_recv(), finding_out.after()), (Ok(ROOM), None));
        // They looked before message 11 was there, and wait before it is told that it is.
        slow.seed(slow.generation(), id(10), &at(1));
        finding_out.publish(snapshot(1), Vec::new(), id(11));
        assert_eq!(found(slow.poll(id(10), &at(1))), ["look yourself"]);
        publishes(&hub, &mut queue, 1, &[], 12);
        assert_eq!(found(slow.poll(id(10), &at(1))), ["look yourself"], "and so it stays");
    }

    #[tokio::test]
    async fn what_was_forgotten_is_not_known_from_an_earlier_look() {
        let (hub, _queue) = TestHub::new();
        let (one, other) = (hub.subscribe(ROOM), hub.subscribe(ROOM));
        // Both look before message 11 is there.
        let (begun_by_one, begun_by_other) = (one.generation(), other.generation());
        hub.mark_changed(ROOM);
        let finding_out = hub.begin_refresh(ROOM).unwrap();
        one.seed(begun_by_one, id(10), &at(1));
        finding_out.publish(snapshot(1), Vec::new(), id(11));
        other.seed(begun_by_other, id(10), &at(1));
        assert_eq!(found(other.poll(id(10), &at(1))), ["look yourself"], "nobody reads it for them");
        other.seed(other.generation(), id(11), &at(1));
        assert_eq!(found(other.poll(id(11), &at(1))), [""; 0]);
    }

    #[test]
    fn a_touch_is_queued_once_until_it_is_taken_up() {
        let (hub, mut queue) = TestHub::new();
        hub.mark_changed(ROOM);
        assert!(queue.try_recv().is_err(), "nobody waits");
        let _watch = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        assert!(queue.try_recv().is_err());
        assert_eq!(hub.begin_refresh(ROOM).unwrap().after(), None);
        hub.resync();
        assert_eq!(queue.try_recv(), Ok(ROOM));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_is_forgotten() {
        let (hub, mut queue) = TestHub::new();
        drop(hub.subscribe(ROOM));
        tokio::time::advance(KEEP_IDLE / 2).await;
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM), "they may come again");
        tokio::time::advance(KEEP_IDLE).await;
        hub.mark_changed(ROOM);
        assert!(hub.begin_refresh(ROOM).is_none());
    }

    #[tokio::test]
    async fn what_lies_between_is_not_passed_over() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.subscribe(ROOM);
        slow.seed(slow.generation(), id(5), &at(1));
        publishes(&hub, &mut queue, 1, &[(10, "five more")], 10);
        hub.mark_changed(ROOM);
        let reading = hub.begin_refresh(ROOM).unwrap();
        let long_ago = slow.generation();
        hub.begin_refresh(ROOM).unwrap().abandon();
        // Somebody who looked long ago tells what was known then.
        slow.seed(long_ago, id(5), &at(1));
        reading.publish(snapshot(1), vec![(id(11), Arc::new("after ten"), 9)], id(11));
        assert_eq!(found(slow.poll(id(5), &at(1))), ["look yourself"]);
    }

    #[test]
    fn long_messages_are_kept_for_fewer() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        subscription.seed(subscription.generation(), id(0), &at(1));
        for number in 1..=4 {
            hub.mark_changed(ROOM);
            let _ = queue.try_recv();
            hub.begin_refresh(ROOM).unwrap().publish(
                snapshot(1),
                vec![(id(number), Arc::new("x"), 100_000)],
                id(number),
            );
        }
        assert_eq!(found(subscription.poll(id(1), &at(1))), ["look yourself"]);
        assert_eq!(found(subscription.poll(id(2), &at(1))), ["x", "x"]);
        drop(subscription);
        hub.tidy();
        assert!(hub.begin_refresh(ROOM).is_some(), "they may come again");
    }

    #[test]
    fn only_the_last_ones_are_kept() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        subscription.seed(subscription.generation(), id(0), &at(1));
        for number in 1..=300 {
            publishes(&hub, &mut queue, 1, &[(number, "x")], number);
        }
        assert_eq!(found(subscription.poll(id(43), &at(1))), ["look yourself"]);
        assert_eq!(found(subscription.poll(id(44), &at(1))).len(), 256);
        assert_eq!(found(subscription.poll(id(299), &at(1))), ["x"]);
    }
}
