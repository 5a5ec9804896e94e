//! One conversation for which somebody waits, or did a moment ago.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plauder_model::{AttendeeId, MessageId};
use tokio::sync::watch;
use tokio::time::Instant;

/// How many of the last messages are kept for those who come a little late.
const KEPT: usize = 256;

/// How many bytes they may have together.
const KEPT_BYTES: usize = 256 * 1024;

/// One conversation: its last messages as they are handed over, and who is to be told of more.
pub(crate) struct Channel<I, A> {
    recent: Mutex<Recent<I, A>>,
    /// Counts the times at which something was published.
    changed: watch::Sender<u64>,
    /// Whether somebody was asked to look what is new, and has not begun to.
    pub(crate) is_due: AtomicBool,
    /// When somebody last came or went.
    last_seen: Mutex<Instant>,
}

/// What somebody has to have been let in at to see what comes: read at one moment, together with what comes.
#[derive(Debug, Clone)]
pub struct Gate<A> {
    /// Who was let in at another one looks again.
    pub admission: A,
    /// How many times seats went so far. Who was let in before the last time needs a seat that is still there.
    pub seats_gone: i64,
    /// The seats that are left, the lowest number first. Empty: it was not looked which.
    pub seats: Vec<AttendeeId>,
}

/// What somebody who waits was let in at.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass<A> {
    /// Whatever decides for everybody alike.
    pub admission: A,
    /// How many times seats had gone by then.
    pub seats_gone: i64,
    /// The seat from which they wait.
    pub seat: AttendeeId,
}

impl<A: PartialEq> Gate<A> {
    fn opens(&self, pass: &Pass<A>) -> bool {
        self.admission == pass.admission
            && (pass.seats_gone >= self.seats_gone || self.seats.binary_search(&pass.seat).is_ok())
    }
}

struct Recent<I, A> {
    /// What one has to have been let in at to see what is here: the newest that is known.
    gate: Option<Gate<A>>,
    /// Up to which message everything is known: what is not in `items` was before them. `None`: nothing is known.
    last: Option<MessageId>,
    /// Messages that came, the oldest first.
    items: VecDeque<(MessageId, Arc<I>, usize)>,
    /// How many bytes they have together.
    bytes: usize,
    /// The message before the first of `items`.
    before: MessageId,
    /// How many times what was known was forgotten.
    forgotten: u64,
    /// When the last of them was committed, as far as this node knows.
    committed: Instant,
}

impl<I, A: PartialOrd> Recent<I, A> {
    /// Takes up what one has to have been let in at, as far as it is newer than what is known.
    fn take_up(&mut self, gate: Gate<A>) {
        let Some(known) = &mut self.gate else {
            self.gate = Some(gate);
            return;
        };
        if known.admission < gate.admission {
            known.admission = gate.admission;
        }
        if known.seats_gone < gate.seats_gone {
            (known.seats_gone, known.seats) = (gate.seats_gone, gate.seats);
        }
    }

    /// Takes up what somebody was let in at just now. Which seats are left is not known from that.
    fn take_up_pass(&mut self, pass: &Pass<A>)
    where
        A: Clone,
    {
        let admission = pass.admission.clone();
        let seats_gone = self.gate.as_ref().map_or(pass.seats_gone, |gate| gate.seats_gone);
        self.take_up(Gate { admission, seats_gone, seats: Vec::new() });
    }
}

/// What somebody who waits finds.
#[derive(Debug)]
pub enum Look<I> {
    /// Nothing new for them.
    Nothing,
    /// Messages, the oldest first, and when the last of them was committed.
    Messages(Vec<Arc<I>>, Instant),
    /// They have to look themselves: they come too late for what is kept here, or may not see it any more.
    Yourself,
}

impl<I, A: PartialOrd> Channel<I, A> {
    pub(crate) fn new() -> Self {
        let recent = Recent {
            gate: None,
            last: None,
            items: VecDeque::new(),
            bytes: 0,
            before: MessageId(0),
            forgotten: 0,
            committed: Instant::now(),
        };
        Self {
            recent: Mutex::new(recent),
            changed: watch::Sender::new(0),
            is_due: AtomicBool::new(false),
            last_seen: Mutex::new(Instant::now()),
        }
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent<I, A>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something was committed just now, and whether somebody has to be asked to look what it is.
    pub(crate) fn touch(&self) -> bool {
        self.recent().committed = Instant::now();
        !self.is_due.swap(true, Ordering::AcqRel)
    }

    /// After which message to look for what is new, and how many times seats had gone as far as is known. `None`: nobody
    /// who waits has told yet what is known.
    pub(crate) fn known(&self) -> (Option<MessageId>, Option<i64>) {
        let recent = self.recent();
        (recent.last, recent.gate.as_ref().map(|gate| gate.seats_gone))
    }

    /// Takes up messages that came after `after`, which was known when they were looked for, up to `last`, and
    /// tells everybody. Where what lies between that and what is known here by now was not read, nothing is known.
    pub(crate) fn publish(
        &self,
        after: Option<MessageId>,
        gate: Gate<A>,
        items: Vec<(MessageId, Arc<I>, usize)>,
        last: MessageId,
    ) {
        {
            let mut recent = self.recent();
            let is_whole = match (after, recent.last) {
                (Some(after), Some(known)) => known >= after,
                (Some(_), None) => false,
                // It was only found out which message is the last. Somebody who looked before that has told of theirs.
                (None, Some(known)) => known >= last,
                (None, None) => true,
            };
            recent.take_up(gate);
            if !is_whole {
                drop(recent);
                return self.forget();
            }
            if recent.last.is_none() {
                recent.before = last;
            }
            let known = recent.last.unwrap_or(last);
            for item in items.into_iter().filter(|(id, ..)| *id > known) {
                recent.bytes += item.2;
                recent.items.push_back(item);
            }
            recent.last = Some(last.max(known));
            while recent.items.len() > KEPT || (recent.bytes > KEPT_BYTES && recent.items.len() > 1) {
                if let Some((gone, _, bytes)) = recent.items.pop_front() {
                    recent.before = gone;
                    recent.bytes -= bytes;
                }
            }
        }
        self.wake();
    }

    /// Forgets what is known, so that everybody has to look themselves, and tells everybody.
    pub(crate) fn forget(&self) {
        {
            let mut recent = self.recent();
            recent.last = None;
            recent.items.clear();
            recent.bytes = 0;
            recent.forgotten += 1;
        }
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

/// A moment in what is known of a conversation, see [`Watch::mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u64);

/// Somebody who waits for a conversation, or is about to: from when they have this on, they miss nothing.
pub struct Watch<I, A: PartialOrd> {
    channel: Arc<Channel<I, A>>,
    changed: watch::Receiver<u64>,
}

impl<I, A: PartialOrd + Clone> Watch<I, A> {
    pub(crate) fn new(channel: Arc<Channel<I, A>>) -> Self {
        channel.seen();
        let changed = channel.changed.subscribe();
        Self { channel, changed }
    }

    /// Marks what is known here at this moment, for a look in the store that follows.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.channel.recent().forgotten)
    }

    /// Tells that everything up to `last` was seen in the store after `mark`, by somebody who was let in with `pass`. What
    /// was forgotten since is not known from that: somebody may have found out meanwhile that more is there.
    pub fn know(&self, last: MessageId, pass: &Pass<A>, mark: Mark) {
        let mut recent = self.channel.recent();
        recent.take_up_pass(pass);
        if recent.last.is_none() && recent.forgotten == mark.0 {
            recent.last = Some(last);
            recent.before = last;
        }
    }

    /// Up to which message everything is known here. `None`: nothing is.
    #[must_use]
    pub fn last(&self) -> Option<MessageId> {
        self.channel.recent().last
    }

    /// What is new after `known` for somebody who was let in with `pass`.
    #[must_use]
    pub fn look(&self, known: MessageId, pass: &Pass<A>) -> Look<I> {
        let recent = self.channel.recent();
        let Some(last) = recent.last else { return Look::Yourself };
        if !recent.gate.as_ref().is_some_and(|gate| gate.opens(pass)) || known < recent.before {
            return Look::Yourself;
        }
        if last <= known {
            return Look::Nothing;
        }
        let from = recent.items.partition_point(|(id, ..)| *id <= known);
        let items: Vec<Arc<I>> = recent.items.range(from..).map(|(_, item, _)| Arc::clone(item)).collect();
        if items.is_empty() { Look::Nothing } else { Look::Messages(items, recent.committed) }
    }

    /// Returns when something was published since it was last waited for.
    pub async fn changed(&mut self) {
        // The channel outlives whoever waits for it.
        let _ = self.changed.changed().await;
    }
}

impl<I, A: PartialOrd> Drop for Watch<I, A> {
    fn drop(&mut self) {
        self.channel.seen();
    }
}
