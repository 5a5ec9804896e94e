//! The feed of one conversation: its latest messages, shared by all clients that wait for more of them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plauder_model::{AttendeeId, MessageId};
use tokio::sync::watch;
use tokio::time::Instant;

/// The number of latest messages that a feed keeps for clients that poll a little late.
const MAX_MESSAGES: usize = 256;

/// The total size of the messages that a feed keeps.
const MAX_BYTES: usize = 256 * 1024;

/// The feed of one conversation. `I` is a rendered message, `A` an access version.
pub(crate) struct Feed<I, A> {
    recent: Mutex<Recent<I, A>>,
    /// The number of times the feed woke its subscribers.
    changed: watch::Sender<u64>,
    /// Whether the conversation is in the queue and its refresh has not begun yet.
    pub(crate) is_queued: AtomicBool,
    /// When a client last subscribed or unsubscribed.
    last_used: Mutex<Instant>,
}

/// The state of access to a conversation, read in the same transaction as the messages that it guards.
#[derive(Debug, Clone)]
pub struct AccessSnapshot<A> {
    /// A reader that was admitted at a different version asks the store again.
    pub access_version: A,
    /// The number of attendees removed so far. A reader that was admitted at a lower number must be among
    /// `attendees`.
    pub attendees_removed: i64,
    /// The remaining attendees in ascending order. Empty if they were not loaded.
    pub attendees: Vec<AttendeeId>,
}

/// The state of access at which a waiting reader was admitted.
#[derive(Debug, Clone, PartialEq)]
pub struct ReaderAccess<A> {
    /// The version of what decides about all readers alike.
    pub access_version: A,
    /// The number of attendees removed by then.
    pub attendees_removed: i64,
    /// The reader's attendee.
    pub attendee: AttendeeId,
}

impl<A: PartialEq> AccessSnapshot<A> {
    fn admits(&self, access: &ReaderAccess<A>) -> bool {
        self.access_version == access.access_version
            && (access.attendees_removed >= self.attendees_removed
                || self.attendees.binary_search(&access.attendee).is_ok())
    }
}

/// The contents of a feed and the generation that they belong to.
///
/// A read that began before an invalidation never changes the contents after it, in whatever order refreshes, waiting
/// clients and commits take their steps. Every read states the generation in which it began, and
/// [`Recent::contents_of`], the only way to add to the contents, returns `None` for a generation that has ended.
/// Therefore the messages and the access snapshot of one generation were all read after the generation began. Dropping
/// a late read loses nothing: a commit that was announced before the read began is older than the current generation,
/// so every read of this generation includes it; a commit that was announced later queued the conversation again. The
/// refresh for it is either published, or dropped because a still newer generation began, for which the same holds. All
/// this assumes that a commit is visible to readers before it is announced.
struct Recent<I, A> {
    generation: Generation,
    contents: FeedContents<I, A>,
    /// When the last commit in the conversation was announced to this node, or the last resync.
    committed: Instant,
}

/// What was read since the current generation began.
struct FeedContents<I, A> {
    /// The newest state of access that was read. It guards `items`.
    snapshot: Option<AccessSnapshot<A>>,
    /// The feed is complete up to this message: a message that is not in `items` is older than `items`. `None` if
    /// nothing was read yet.
    last: Option<MessageId>,
    /// The latest messages with their sizes in bytes, the oldest first.
    items: VecDeque<(MessageId, Arc<I>, usize)>,
    /// The total size of `items`.
    bytes: usize,
    /// The message before the first of `items`.
    before: MessageId,
}

impl<I, A> FeedContents<I, A> {
    fn empty() -> Self {
        Self { snapshot: None, last: None, items: VecDeque::new(), bytes: 0, before: MessageId(0) }
    }
}

impl<I, A> Recent<I, A> {
    /// The contents for a read that began in `generation`. `None` if that generation has ended: the read is outdated.
    fn contents_of(&mut self, generation: Generation) -> Option<&mut FeedContents<I, A>> {
        (self.generation == generation).then_some(&mut self.contents)
    }

    /// Drops the contents and begins the next generation.
    fn invalidate(&mut self) {
        self.generation.0 += 1;
        self.contents = FeedContents::empty();
    }
}

impl<I, A: PartialOrd> FeedContents<I, A> {
    /// Keeps the newer of the present state of access and `snapshot`.
    fn merge_snapshot(&mut self, snapshot: AccessSnapshot<A>) {
        let Some(known) = &mut self.snapshot else {
            self.snapshot = Some(snapshot);
            return;
        };
        if known.access_version < snapshot.access_version {
            known.access_version = snapshot.access_version;
        }
        if known.attendees_removed < snapshot.attendees_removed {
            (known.attendees_removed, known.attendees) = (snapshot.attendees_removed, snapshot.attendees);
        }
    }

    /// Merges the state of access at which a reader was admitted just now. It does not contain the remaining
    /// attendees: until a refresh loads them, readers that were admitted at a lower number of removals ask the store.
    fn merge_access(&mut self, access: &ReaderAccess<A>)
    where
        A: Clone,
    {
        let access_version = access.access_version.clone();
        let attendees_removed =
            self.snapshot.as_ref().map_or(access.attendees_removed, |snapshot| snapshot.attendees_removed);
        self.merge_snapshot(AccessSnapshot { access_version, attendees_removed, attendees: Vec::new() });
    }

    /// Appends the messages after `after` up to `last`. Returns `false` if messages are missing between the present
    /// contents and these. Within a generation `last` only grows, so none are missing after the `last` that a refresh
    /// began with.
    fn merge_messages(
        &mut self,
        after: Option<MessageId>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) -> bool {
        debug_assert!(after <= self.last, "last grows within a generation");
        let is_whole = match (after, self.last) {
            // The refresh read only the id of the last message, and a client seeded the feed meanwhile.
            (None, Some(known)) => known >= last,
            _ => true,
        };
        if !is_whole {
            return false;
        }
        if self.last.is_none() {
            self.before = last;
        }
        let known = self.last.unwrap_or(last);
        for item in items.into_iter().filter(|(id, ..)| *id > known) {
            self.bytes += item.2;
            self.items.push_back(item);
        }
        self.last = Some(last.max(known));
        while self.items.len() > MAX_MESSAGES || (self.bytes > MAX_BYTES && self.items.len() > 1) {
            if let Some((gone, _, bytes)) = self.items.pop_front() {
                self.before = gone;
                self.bytes -= bytes;
            }
        }
        true
    }
}

/// The answer of a feed to a waiting reader.
#[derive(Debug)]
pub enum Poll<I> {
    /// There is nothing new.
    Pending,
    /// New messages, the oldest first, and the time at which the last commit in the conversation was announced.
    Messages(Vec<Arc<I>>, Instant),
    /// The reader has to ask the store: the feed does not reach back far enough, or the reader's access has changed.
    AskStore,
}

impl<I, A: PartialOrd> Feed<I, A> {
    pub(crate) fn new() -> Self {
        let recent =
            Recent { generation: Generation(0), contents: FeedContents::empty(), committed: Instant::now() };
        Self {
            recent: Mutex::new(recent),
            changed: watch::Sender::new(0),
            is_queued: AtomicBool::new(false),
            last_used: Mutex::new(Instant::now()),
        }
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent<I, A>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a commit. Returns whether the conversation has to be queued for a refresh.
    pub(crate) fn mark_changed(&self) -> bool {
        self.recent().committed = Instant::now();
        !self.is_queued.swap(true, Ordering::AcqRel)
    }

    /// The input of a refresh that begins now: its generation, the last known message, and the known number of removed
    /// attendees. The latter two are `None` if nothing was read yet.
    pub(crate) fn begin_refresh(&self) -> (Generation, Option<MessageId>, Option<i64>) {
        let recent = self.recent();
        let Recent { generation, contents, .. } = &*recent;
        (*generation, contents.last, contents.snapshot.as_ref().map(|snapshot| snapshot.attendees_removed))
    }

    /// Appends the messages after `after` up to `last`, which a refresh of `generation` has read, and wakes all
    /// subscribers. If messages are missing between the present contents and these, the feed is invalidated.
    pub(crate) fn publish(
        &self,
        generation: Generation,
        after: Option<MessageId>,
        snapshot: AccessSnapshot<A>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) {
        {
            let mut recent = self.recent();
            let Some(contents) = recent.contents_of(generation) else { return };
            contents.merge_snapshot(snapshot);
            if !contents.merge_messages(after, items, last) {
                recent.invalidate();
            }
        }
        self.wake();
    }

    /// Drops the contents, so that all readers ask the store, and wakes all subscribers.
    pub(crate) fn invalidate(&self) {
        self.recent().invalidate();
        self.wake();
    }

    /// Wakes all subscribers.
    pub(crate) fn wake(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    /// Whether the feed has had no subscriber for `time`.
    pub(crate) fn is_idle_for(&self, time: std::time::Duration) -> bool {
        let last_used = *self.last_used.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.receiver_count() == 0 && last_used.elapsed() >= time
    }

    fn record_use(&self) {
        *self.last_used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The period between two invalidations of a feed. A read belongs to the generation in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(u64);

/// A read of the store by a reader. The feed ignores its result if the feed was invalidated after the read began.
#[must_use]
pub struct PendingRead<I, A> {
    feed: Arc<Feed<I, A>>,
    generation: Generation,
}

impl<I, A: PartialOrd + Clone> PendingRead<I, A> {
    /// Tells the feed that a reader with `access` has read everything up to `last` in the store.
    pub fn seed(self, last: MessageId, access: &ReaderAccess<A>) {
        let mut recent = self.feed.recent();
        let Some(contents) = recent.contents_of(self.generation) else { return };
        contents.merge_access(access);
        if contents.last.is_none() {
            contents.last = Some(last);
            contents.before = last;
        }
    }
}

/// A subscription to a feed. Its holder misses no commit that happens after it was created.
pub struct Subscription<I, A: PartialOrd> {
    feed: Arc<Feed<I, A>>,
    changed: watch::Receiver<u64>,
}

impl<I, A: PartialOrd + Clone> Subscription<I, A> {
    pub(crate) fn new(feed: Arc<Feed<I, A>>) -> Self {
        feed.record_use();
        let changed = feed.changed.subscribe();
        Self { feed, changed }
    }

    /// Begins a read of the store for this conversation. Called before the store is read.
    pub fn begin_read(&self) -> PendingRead<I, A> {
        PendingRead { feed: Arc::clone(&self.feed), generation: self.feed.recent().generation }
    }

    /// The message up to which the feed is complete. `None` if nothing was read yet.
    #[must_use]
    pub fn last(&self) -> Option<MessageId> {
        self.feed.recent().contents.last
    }

    /// The messages after `known` for a reader that was admitted with `access`.
    #[must_use]
    pub fn poll(&self, known: MessageId, access: &ReaderAccess<A>) -> Poll<I> {
        let recent = self.feed.recent();
        let contents = &recent.contents;
        let Some(last) = contents.last else { return Poll::AskStore };
        if !contents.snapshot.as_ref().is_some_and(|snapshot| snapshot.admits(access))
            || known < contents.before
        {
            return Poll::AskStore;
        }
        if last <= known {
            return Poll::Pending;
        }
        let from = contents.items.partition_point(|(id, ..)| *id <= known);
        let items: Vec<Arc<I>> = contents.items.range(from..).map(|(_, item, _)| Arc::clone(item)).collect();
        if items.is_empty() { Poll::Pending } else { Poll::Messages(items, recent.committed) }
    }

    /// Returns when the feed has woken its subscribers since the last call.
    pub async fn changed(&mut self) {
        // The feed owns the sender, and the subscription owns the feed: the channel cannot be closed.
        let _ = self.changed.changed().await;
    }
}

impl<I, A: PartialOrd> Drop for Subscription<I, A> {
    fn drop(&mut self) {
        self.feed.record_use();
    }
}
