//! One conversation for which somebody waits, or did a moment ago.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plauder_model::{AttendeeId, MessageId};
use tokio::sync::watch;
use tokio::time::Instant;

/// How many of the last messages are kept for those who come a little late.
const MAX_MESSAGES: usize = 256;

/// How many bytes they may have together.
const MAX_BYTES: usize = 256 * 1024;

/// One conversation: its last messages as they are handed over, and who is to be told of more.
pub(crate) struct Feed<I, A> {
    recent: Mutex<Recent<I, A>>,
    /// Counts the times at which something was published.
    changed: watch::Sender<u64>,
    /// Whether somebody was asked to look what is new, and has not begun to.
    pub(crate) is_queued: AtomicBool,
    /// When somebody last came or went.
    last_seen: Mutex<Instant>,
}

/// What somebody has to have been let in at to see what comes: read at one moment, together with what comes.
#[derive(Debug, Clone)]
pub struct AccessSnapshot<A> {
    /// Who was let in at another one looks again.
    pub access_version: A,
    /// How many times seats went so far. Who was let in before the last time needs a seat that is still there.
    pub attendees_removed: i64,
    /// The seats that are left, the lowest number first. Empty: it was not looked which.
    pub attendees: Vec<AttendeeId>,
}

/// What somebody who waits was let in at.
#[derive(Debug, Clone, PartialEq)]
pub struct ReaderAccess<A> {
    /// Whatever decides for everybody alike.
    pub access_version: A,
    /// How many times seats had gone by then.
    pub attendees_removed: i64,
    /// The seat from which they wait.
    pub attendee: AttendeeId,
}

impl<A: PartialEq> AccessSnapshot<A> {
    fn admits(&self, access: &ReaderAccess<A>) -> bool {
        self.access_version == access.access_version
            && (access.attendees_removed >= self.attendees_removed
                || self.attendees.binary_search(&access.attendee).is_ok())
    }
}

/// What is known, and since when.
///
/// Nothing that was read before knowledge was given up becomes knowledge after it, in whatever order readers, waiting
/// clients and commits take their steps. Every reading states the generation in which it began, and
/// [`Recent::knowledge_of`], the only way to change what is known, finds nothing for a generation that has ended: so
/// messages, admission and seats of one generation were all read after it began. A reading that comes too late can be
/// dropped, because no commit depends on it. A commit that was announced before the reading began was there before the
/// present generation began, so whoever brought knowledge to this generation has seen it; one that was announced later
/// is in the queue again and is read by somebody else.
struct Recent<I, A> {
    generation: Generation,
    knowledge: Knowledge<I, A>,
    /// When the last of the messages was committed, as far as this node knows.
    committed: Instant,
}

/// What was found out since the present generation began.
struct Knowledge<I, A> {
    /// What one has to have been let in at to see what is here: the newest that was read.
    snapshot: Option<AccessSnapshot<A>>,
    /// Up to which message everything is known: what is not in `items` was before them. `None`: nothing is known.
    last: Option<MessageId>,
    /// Messages that came, the oldest first.
    items: VecDeque<(MessageId, Arc<I>, usize)>,
    /// How many bytes they have together.
    bytes: usize,
    /// The message before the first of `items`.
    before: MessageId,
}

impl<I, A> Knowledge<I, A> {
    fn none() -> Self {
        Self { snapshot: None, last: None, items: VecDeque::new(), bytes: 0, before: MessageId(0) }
    }
}

impl<I, A> Recent<I, A> {
    /// What is known, for somebody whose reading began in `generation`. `None`: that has ended, and what they read
    /// must not become known.
    fn knowledge_of(&mut self, generation: Generation) -> Option<&mut Knowledge<I, A>> {
        (self.generation == generation).then_some(&mut self.knowledge)
    }

    /// Gives up everything that is known, and begins the next generation.
    fn invalidate(&mut self) {
        self.generation.0 += 1;
        self.knowledge = Knowledge::none();
    }
}

impl<I, A: PartialOrd> Knowledge<I, A> {
    /// Takes up what one has to have been let in at, as far as it is newer than what is known.
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

    /// Takes up what somebody was let in at just now. Which seats are left is not known from that: as long as nothing
    /// else is known, who was let in before has to look again; later, it is read together with what is new.
    fn merge_access(&mut self, access: &ReaderAccess<A>)
    where
        A: Clone,
    {
        let access_version = access.access_version.clone();
        let attendees_removed =
            self.snapshot.as_ref().map_or(access.attendees_removed, |snapshot| snapshot.attendees_removed);
        self.merge_snapshot(AccessSnapshot { access_version, attendees_removed, attendees: Vec::new() });
    }

    /// Takes up messages after `after` up to `last`. `false`: what lies between them and what is known was not read.
    fn merge_messages(
        &mut self,
        after: Option<MessageId>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) -> bool {
        let is_whole = match (after, self.last) {
            (Some(after), Some(known)) => known >= after,
            (Some(_), None) => false,
            // It was only found out which message is the last. Somebody who looked before that has told of theirs.
            (None, Some(known)) => known >= last,
            (None, None) => true,
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

/// What somebody who waits finds.
#[derive(Debug)]
pub enum Poll<I> {
    /// Nothing new for them.
    Pending,
    /// Messages, the oldest first, and when the last of them was committed.
    Messages(Vec<Arc<I>>, Instant),
    /// They have to look themselves: they come too late for what is kept here, or may not see it any more.
    AskStore,
}

impl<I, A: PartialOrd> Feed<I, A> {
    pub(crate) fn new() -> Self {
        let recent =
            Recent { generation: Generation(0), knowledge: Knowledge::none(), committed: Instant::now() };
        Self {
            recent: Mutex::new(recent),
            changed: watch::Sender::new(0),
            is_queued: AtomicBool::new(false),
            last_seen: Mutex::new(Instant::now()),
        }
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent<I, A>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something was committed just now, and whether somebody has to be asked to look what it is.
    pub(crate) fn mark_changed(&self) -> bool {
        self.recent().committed = Instant::now();
        !self.is_queued.swap(true, Ordering::AcqRel)
    }

    /// What a reading that begins now has to know: the generation that it belongs to, after which message to look for
    /// what is new, and how many times seats had gone as far as is known. `None`: nothing is known.
    pub(crate) fn begin_refresh(&self) -> (Generation, Option<MessageId>, Option<i64>) {
        let recent = self.recent();
        let Recent { generation, knowledge, .. } = &*recent;
        (*generation, knowledge.last, knowledge.snapshot.as_ref().map(|snapshot| snapshot.attendees_removed))
    }

    /// Takes up messages that came after `after`, up to `last`, found by a reading that began in `generation`, and
    /// tells everybody. Where what lies between that and what is known here by now was not read, nothing is known.
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
            let Some(knowledge) = recent.knowledge_of(generation) else { return };
            knowledge.merge_snapshot(snapshot);
            if !knowledge.merge_messages(after, items, last) {
                recent.invalidate();
            }
        }
        self.wake();
    }

    /// Forgets what is known, so that everybody has to look themselves, and tells everybody.
    pub(crate) fn invalidate(&self) {
        self.recent().invalidate();
        self.wake();
    }

    /// Wakes everybody who waits here.
    pub(crate) fn wake(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    /// How long nobody waited here.
    pub(crate) fn is_idle_for(&self, time: std::time::Duration) -> bool {
        let last_seen = *self.last_seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.receiver_count() == 0 && last_seen.elapsed() >= time
    }

    fn seen(&self) {
        *self.last_seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The time from one moment at which everything known of a conversation was given up to the next. A reading belongs to
/// the one in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

/// Somebody who waits for a conversation, or is about to: from when they have this on, they miss nothing.
pub struct Subscription<I, A: PartialOrd> {
    feed: Arc<Feed<I, A>>,
    changed: watch::Receiver<u64>,
}

impl<I, A: PartialOrd + Clone> Subscription<I, A> {
    pub(crate) fn new(feed: Arc<Feed<I, A>>) -> Self {
        feed.seen();
        let changed = feed.changed.subscribe();
        Self { feed, changed }
    }

    /// The present generation, for a look in the store that follows.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.feed.recent().generation
    }

    /// Tells that everything up to `last` was seen in the store by somebody who was let in with `access`, in a look that
    /// began in `generation`.
    pub fn seed(&self, generation: Generation, last: MessageId, access: &ReaderAccess<A>) {
        let mut recent = self.feed.recent();
        let Some(knowledge) = recent.knowledge_of(generation) else { return };
        knowledge.merge_access(access);
        if knowledge.last.is_none() {
            knowledge.last = Some(last);
            knowledge.before = last;
        }
    }

    /// Up to which message everything is known here. `None`: nothing is.
    #[must_use]
    pub fn last(&self) -> Option<MessageId> {
        self.feed.recent().knowledge.last
    }

    /// What is new after `known` for somebody who was let in with `access`.
    #[must_use]
    pub fn poll(&self, known: MessageId, access: &ReaderAccess<A>) -> Poll<I> {
        let recent = self.feed.recent();
        let knowledge = &recent.knowledge;
        let Some(last) = knowledge.last else { return Poll::AskStore };
        if !knowledge.snapshot.as_ref().is_some_and(|snapshot| snapshot.admits(access))
            || known < knowledge.before
        {
            return Poll::AskStore;
        }
        if last <= known {
            return Poll::Pending;
        }
        let from = knowledge.items.partition_point(|(id, ..)| *id <= known);
        let items: Vec<Arc<I>> = knowledge.items.range(from..).map(|(_, item, _)| Arc::clone(item)).collect();
        if items.is_empty() { Poll::Pending } else { Poll::Messages(items, recent.committed) }
    }

    /// Returns when something was published since it was last waited for.
    pub async fn changed(&mut self) {
        // The channel outlives whoever waits for it.
        let _ = self.changed.changed().await;
    }
}

impl<I, A: PartialOrd> Drop for Subscription<I, A> {
    fn drop(&mut self) {
        self.feed.seen();
    }
}
