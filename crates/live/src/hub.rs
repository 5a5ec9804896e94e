//! The feeds of all conversations for which clients of this node wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plauder_model::{ConversationId, MessageId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::feed::{AccessSnapshot, Feed, Generation, Subscription};

/// How long a feed is kept after its last subscriber has left: a client that received a message polls again at once.
const KEEP_IDLE: Duration = Duration::from_secs(10);

/// The number of shards, each with a lock of its own, so that clients that subscribe seldom wait for each other.
const SHARDS: usize = 16;

/// The feeds of all conversations for which clients wait. `I` is a rendered message; `A` is an access version, where
/// the newer version compares greater. A clone is a handle to the same hub.
pub struct Hub<I, A>(Arc<Shared<I, A>>);

impl<I, A> Clone for Hub<I, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Shared<I, A> {
    shards: [Mutex<Shard<I, A>>; SHARDS],
    changed: UnboundedSender<ConversationId>,
}

type Shard<I, A> = HashMap<ConversationId, Arc<Feed<I, A>>>;

/// The conversations that have changed, for the workers that refresh their feeds.
pub type Queue = UnboundedReceiver<ConversationId>;

impl<I, A: PartialOrd + Clone> Hub<I, A> {
    /// A hub without subscribers, and its queue of changed conversations.
    #[must_use]
    pub fn new() -> (Self, Queue) {
        let (changed, queue) = unbounded_channel();
        let shards = std::array::from_fn(|_| Mutex::default());
        (Self(Arc::new(Shared { shards, changed })), queue)
    }

    fn shard(&self, id: ConversationId) -> MutexGuard<'_, Shard<I, A>> {
        let index = usize::try_from(id.0.unsigned_abs() % SHARDS as u64).unwrap_or_default();
        self.0.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to a conversation. The subscription misses no later commit; for earlier ones, the caller reads the
    /// store after this call.
    #[must_use]
    pub fn subscribe(&self, id: ConversationId) -> Subscription<I, A> {
        let mut shard = self.shard(id);
        let feed = shard.entry(id).or_insert_with(|| Arc::new(Feed::new()));
        Subscription::new(Arc::clone(feed))
    }

    /// Records a commit in a conversation. If clients wait for it, the conversation is queued for a refresh, unless it
    /// is in the queue already. Does not block.
    pub fn mark_changed(&self, id: ConversationId) {
        let mut shard = self.shard(id);
        let Some(feed) = shard.get(&id) else { return };
        if feed.is_idle_for(KEEP_IDLE) {
            shard.remove(&id);
        } else if feed.mark_changed() {
            let _ = self.0.changed.send(id);
        }
    }

    /// Queues all conversations for a refresh: notifications of commits may have been lost.
    pub fn resync(&self) {
        for shard in &self.0.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, feed) in &*shard {
                if feed.mark_changed() {
                    let _ = self.0.changed.send(*id);
                }
            }
        }
    }

    /// Wakes all subscribers, although nothing has changed.
    pub fn wake(&self) {
        for shard in &self.0.shards {
            for feed in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                feed.wake();
            }
        }
    }

    /// Begins to refresh the feed of a conversation from the queue. `None` if the feed was removed meanwhile.
    #[must_use]
    pub fn begin_refresh(&self, id: ConversationId) -> Option<Refresh<I, A>> {
        let feed = self.shard(id).get(&id).map(Arc::clone)?;
        // A commit from here on queues the conversation again.
        feed.is_queued.swap(false, std::sync::atomic::Ordering::AcqRel);
        let (generation, after, attendees_removed) = feed.begin_refresh();
        Some(Refresh { feed, generation, after, attendees_removed, is_published: false })
    }

    /// Removes the feeds that have had no subscriber for `KEEP_IDLE`.
    pub fn tidy(&self) {
        for shard in &self.0.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, feed| !feed.is_idle_for(KEEP_IDLE));
        }
    }
}

/// A refresh of a feed that has begun. If it is dropped before it is published, the feed is invalidated and all readers
/// ask the store.
pub struct Refresh<I, A: PartialOrd> {
    feed: Arc<Feed<I, A>>,
    generation: Generation,
    after: Option<MessageId>,
    attendees_removed: Option<i64>,
    is_published: bool,
}

impl<I, A: PartialOrd> Refresh<I, A> {
    /// The message after which to read. `None` if no reader has seeded the feed yet. Then the id of the last message is
    /// enough: a reader that knows less asks the store.
    #[must_use]
    pub fn after(&self) -> Option<MessageId> {
        self.after
    }

    /// The number of removed attendees that the feed knows. When it has changed, the refresh also loads the remaining
    /// attendees. `None` if nothing was read yet; then they are not needed.
    #[must_use]
    pub fn attendees_removed(&self) -> Option<i64> {
        self.attendees_removed
    }

    /// Publishes the messages after [`Refresh::after`] up to `last` to the readers that `snapshot` admits. Each message
    /// comes with its size in bytes.
    pub fn publish(
        mut self,
        snapshot: AccessSnapshot<A>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) {
        self.is_published = true;
        self.feed.publish(self.generation, self.after, snapshot, items, last);
    }

    /// Invalidates the feed, because the read failed or the conversation was deleted: all readers ask the store.
    pub fn abandon(self) {
        drop(self);
    }
}

impl<I, A: PartialOrd> Drop for Refresh<I, A> {
    fn drop(&mut self) {
        if !self.is_published {
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

    /// The access of attendee 1, admitted at `access_version`, before any attendee was removed.
    fn at(access_version: u32) -> ReaderAccess<u32> {
        ReaderAccess { access_version, attendees_removed: 0, attendee: AttendeeId(1) }
    }

    fn snapshot(access_version: u32) -> AccessSnapshot<u32> {
        AccessSnapshot { access_version, attendees_removed: 0, attendees: Vec::new() }
    }

    fn id(number: i64) -> MessageId {
        MessageId(number)
    }

    /// Waits for the subscription to be woken, which takes no time if it is woken at all.
    async fn until_woken(subscription: &mut Subscription<&'static str, u32>) {
        let woken = tokio::time::timeout(std::time::Duration::from_secs(10), subscription.changed()).await;
        assert!(woken.is_ok(), "the subscription is not woken");
    }

    fn found(poll: Poll<&'static str>) -> Vec<&'static str> {
        match poll {
            Poll::Messages(items, _) => items.into_iter().map(|item| *item).collect(),
            Poll::Pending => Vec::new(),
            Poll::AskStore => vec!["ask the store"],
        }
    }

    fn publish(
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
    async fn a_waiting_client_receives_the_messages_since_its_last_poll() {
        let (hub, mut queue) = TestHub::new();
        let mut subscription = hub.subscribe(ROOM);
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["ask the store"], "the feed is empty");
        subscription.begin_read().seed(id(10), &at(1));
        assert_eq!(found(subscription.poll(id(10), &at(1))), [""; 0]);
        publish(&hub, &mut queue, 1, &[(11, "a"), (13, "b")], 13);
        until_woken(&mut subscription).await;
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["a", "b"]);
        assert_eq!(found(subscription.poll(id(11), &at(1))), ["b"]);
        assert_eq!(found(subscription.poll(id(9), &at(1))), ["ask the store"], "older than the feed");
        let late = hub.subscribe(ROOM);
        assert_eq!(found(late.poll(id(11), &at(1))), ["b"], "messages stay in the feed");
    }

    #[tokio::test]
    async fn a_reader_admitted_at_an_older_access_version_asks_the_store() {
        let (hub, mut queue) = TestHub::new();
        let mut subscription = hub.subscribe(ROOM);
        subscription.begin_read().seed(id(10), &at(1));
        publish(&hub, &mut queue, 2, &[(11, "hidden from some")], 11);
        until_woken(&mut subscription).await;
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["ask the store"]);
        assert_eq!(found(subscription.poll(id(10), &at(2))), ["hidden from some"]);
        hub.begin_refresh(ROOM).unwrap().abandon();
        until_woken(&mut subscription).await;
        assert_eq!(found(subscription.poll(id(10), &at(2))), ["ask the store"]);
        subscription.begin_read().seed(id(11), &at(2));
        assert_eq!(found(subscription.poll(id(11), &at(2))), [""; 0]);
    }

    #[tokio::test]
    async fn a_reader_admitted_at_a_newer_access_version_keeps_waiting() {
        let (hub, _queue) = TestHub::new();
        let first = hub.subscribe(ROOM);
        first.begin_read().seed(id(10), &at(1));
        let second = hub.subscribe(ROOM);
        second.begin_read().seed(id(10), &at(2));
        assert_eq!(found(second.poll(id(10), &at(2))), [""; 0]);
        assert_eq!(found(first.poll(id(10), &at(1))), ["ask the store"]);
        first.begin_read().seed(id(10), &at(1));
        assert_eq!(found(first.poll(id(10), &at(1))), ["ask the store"], "the newer version counts");
    }

    #[tokio::test]
    async fn only_removed_attendees_ask_the_store() {
        let (hub, mut queue) = TestHub::new();
        let access = |attendee, attendees_removed| ReaderAccess {
            access_version: 1,
            attendees_removed,
            attendee: AttendeeId(attendee),
        };
        let subscription = hub.subscribe(ROOM);
        subscription.begin_read().seed(id(10), &access(1, 4));
        let mut refresh_with = |attendees_removed, attendees: &[i64], number| {
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
        assert_eq!(refresh_with(5, &[1, 3], 11), Some(4));
        assert_eq!(found(subscription.poll(id(10), &access(1, 4))), ["x"], "still an attendee");
        assert_eq!(found(subscription.poll(id(10), &access(2, 4))), ["ask the store"], "removed");
        assert_eq!(found(subscription.poll(id(10), &access(4, 5))), ["x"], "admitted since");
        assert_eq!(refresh_with(4, &[], 12), Some(5), "an earlier read that is published later");
        assert_eq!(found(subscription.poll(id(11), &access(2, 4))), ["ask the store"], "changes nothing");
        assert_eq!(refresh_with(6, &[], 13), Some(5));
        assert_eq!(
            found(subscription.poll(id(12), &access(1, 4))),
            ["ask the store"],
            "the remaining attendees are unknown"
        );
        subscription.begin_read().seed(id(13), &access(4, 9));
        assert_eq!(
            found(subscription.poll(id(12), &access(3, 6))),
            ["x"],
            "seeding does not change the number of removals"
        );
    }

    #[tokio::test]
    async fn a_message_committed_before_the_feed_is_seeded_is_not_missed() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        // The client read the store before message 11 was committed, and seeds the feed after the refresh found it.
        hub.begin_refresh(ROOM).unwrap().publish(snapshot(1), Vec::new(), id(11));
        subscription.begin_read().seed(id(10), &at(1));
        assert_eq!(found(subscription.poll(id(10), &at(1))), ["ask the store"]);
        assert_eq!(found(subscription.poll(id(11), &at(1))), [""; 0]);
    }

    #[tokio::test]
    async fn a_message_between_a_read_and_a_refresh_is_not_skipped() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        let refresh = hub.begin_refresh(ROOM).unwrap();
        assert_eq!((queue.try_recv(), refresh.after()), (Ok(ROOM), None));
        // The client read the store before message 11 was committed, and seeds the feed before it is published.
        slow.begin_read().seed(id(10), &at(1));
        refresh.publish(snapshot(1), Vec::new(), id(11));
        assert_eq!(found(slow.poll(id(10), &at(1))), ["ask the store"]);
        publish(&hub, &mut queue, 1, &[], 12);
        assert_eq!(found(slow.poll(id(10), &at(1))), ["ask the store"], "a later refresh changes nothing");
    }

    #[tokio::test]
    async fn a_read_older_than_an_invalidation_does_not_seed_the_feed() {
        let (hub, _queue) = TestHub::new();
        let (first, second) = (hub.subscribe(ROOM), hub.subscribe(ROOM));
        // Both read the store before message 11 is committed.
        let (first_read, second_read) = (first.begin_read(), second.begin_read());
        hub.mark_changed(ROOM);
        let refresh = hub.begin_refresh(ROOM).unwrap();
        first_read.seed(id(10), &at(1));
        refresh.publish(snapshot(1), Vec::new(), id(11));
        second_read.seed(id(10), &at(1));
        assert_eq!(
            found(second.poll(id(10), &at(1))),
            ["ask the store"],
            "no refresh reads message 11 for this client"
        );
        second.begin_read().seed(id(11), &at(1));
        assert_eq!(found(second.poll(id(11), &at(1))), [""; 0]);
    }

    #[test]
    fn a_changed_conversation_is_queued_once_until_its_refresh_begins() {
        let (hub, mut queue) = TestHub::new();
        hub.mark_changed(ROOM);
        assert!(queue.try_recv().is_err(), "nobody has subscribed");
        let _subscription = hub.subscribe(ROOM);
        hub.mark_changed(ROOM);
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM));
        assert!(queue.try_recv().is_err());
        assert_eq!(hub.begin_refresh(ROOM).unwrap().after(), None);
        hub.resync();
        assert_eq!(queue.try_recv(), Ok(ROOM));
    }

    #[tokio::test(start_paused = true)]
    async fn a_feed_without_subscribers_is_removed_after_a_while() {
        let (hub, mut queue) = TestHub::new();
        drop(hub.subscribe(ROOM));
        tokio::time::advance(KEEP_IDLE / 2).await;
        hub.mark_changed(ROOM);
        assert_eq!(queue.try_recv(), Ok(ROOM), "the client may poll again");
        tokio::time::advance(KEEP_IDLE).await;
        hub.mark_changed(ROOM);
        assert!(hub.begin_refresh(ROOM).is_none());
    }

    #[tokio::test]
    async fn a_refresh_and_a_read_that_began_before_an_invalidation_are_dropped() {
        let (hub, mut queue) = TestHub::new();
        let slow = hub.subscribe(ROOM);
        slow.begin_read().seed(id(5), &at(1));
        publish(&hub, &mut queue, 1, &[(10, "five more")], 10);
        hub.mark_changed(ROOM);
        let late_refresh = hub.begin_refresh(ROOM).unwrap();
        let late_read = slow.begin_read();
        hub.begin_refresh(ROOM).unwrap().abandon();
        late_read.seed(id(5), &at(1));
        late_refresh.publish(snapshot(1), vec![(id(11), Arc::new("after ten"), 9)], id(11));
        assert_eq!(found(slow.poll(id(5), &at(1))), ["ask the store"]);
    }

    #[test]
    fn a_feed_is_bounded_in_bytes() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        subscription.begin_read().seed(id(0), &at(1));
        for number in 1..=4 {
            hub.mark_changed(ROOM);
            let _ = queue.try_recv();
            hub.begin_refresh(ROOM).unwrap().publish(
                snapshot(1),
                vec![(id(number), Arc::new("x"), 100_000)],
                id(number),
            );
        }
        assert_eq!(found(subscription.poll(id(1), &at(1))), ["ask the store"]);
        assert_eq!(found(subscription.poll(id(2), &at(1))), ["x", "x"]);
        drop(subscription);
        hub.tidy();
        assert!(hub.begin_refresh(ROOM).is_some(), "the client may poll again");
    }

    #[test]
    fn a_feed_is_bounded_in_messages() {
        let (hub, mut queue) = TestHub::new();
        let subscription = hub.subscribe(ROOM);
        subscription.begin_read().seed(id(0), &at(1));
        for number in 1..=300 {
            publish(&hub, &mut queue, 1, &[(number, "x")], number);
        }
        assert_eq!(found(subscription.poll(id(43), &at(1))), ["ask the store"]);
        assert_eq!(found(subscription.poll(id(44), &at(1))).len(), 256);
        assert_eq!(found(subscription.poll(id(299), &at(1))), ["x"]);
    }
}
