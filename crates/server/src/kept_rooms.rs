//! Conversations as people saw them, written out: kept until they see them otherwise, so that a list of a hundred of which
//! one changed costs one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plauder_model::AttendeeId;
use plauder_ocs::Ready;
use plauder_talk::conversation::list::{Stamp, Terms};

/// About how much memory those take that were seen lately, in bytes. As much again is kept of those before.
const YOUNG: usize = 32 * 1024 * 1024;

/// What one takes beside what is written out.
const OVERHEAD: usize = 256;

/// Conversations, written out, by whose seat they were seen from.
pub(crate) struct KeptRooms<R>(Mutex<Generations<R>>);

struct Generations<R> {
    young: HashMap<AttendeeId, Kept<R>>,
    old: HashMap<AttendeeId, Kept<R>>,
    bytes: usize,
    most: usize,
}

struct Kept<R> {
    stamp: Stamp,
    terms: Terms,
    room: Arc<Ready<R>>,
}

impl<R> Default for KeptRooms<R> {
    fn default() -> Self {
        Self::of_size(YOUNG)
    }
}

impl<R> KeptRooms<R> {
    fn of_size(most: usize) -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self(Mutex::new(Generations { young, old, bytes: 0, most }))
    }

    /// What was kept of each of some conversations, if it still looks so.
    pub(crate) fn find(&self, stamps: &[Stamp], terms: Terms) -> Vec<Option<Arc<Ready<R>>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stamps.iter().map(|stamp| kept.find(*stamp, terms)).collect()
    }

    /// Keeps how a conversation looks.
    pub(crate) fn keep(&self, stamp: Stamp, terms: Terms, room: Arc<Ready<R>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_in(Kept { stamp, terms, room });
    }
}

impl<R> Generations<R> {
    fn find(&mut self, stamp: Stamp, terms: Terms) -> Option<Arc<Ready<R>>> {
        let is_so = |kept: &Kept<R>| kept.stamp == stamp && kept.terms == terms;
        if let Some(found) = self.young.get(&stamp.seat) {
            return is_so(found).then(|| Arc::clone(&found.room));
        }
        let found = self.old.remove(&stamp.seat).filter(is_so)?;
        let room = Arc::clone(&found.room);
        self.take_in(found);
        Some(room)
    }

    fn take_in(&mut self, kept: Kept<R>) {
        self.bytes += kept.bytes();
        if let Some(before) = self.young.insert(kept.stamp.seat, kept) {
            self.bytes -= before.bytes();
        }
        if self.bytes > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

impl<R> Kept<R> {
    /// About how much memory it takes: what is written out, and once more the values that it was written from.
    fn bytes(&self) -> usize {
        2 * self.room.bytes() + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::{NotificationLevel, StartCalls};

    use super::*;

    fn stamp(seat: i64, revision: i64) -> Stamp {
        Stamp { seat: AttendeeId(seat), revisions: (revision, 0) }
    }

    fn terms(names: i64) -> Terms {
        let (start_calls, group_notification) = (StartCalls::Everyone, NotificationLevel::Mention);
        Terms { names, start_calls, group_notification }
    }

    fn found(kept: &KeptRooms<String>, seat: i64, revision: i64, names: i64) -> Option<String> {
        let found = kept.find(&[stamp(seat, revision)], terms(names)).remove(0);
        found.map(|room| room.value().clone())
    }

    fn keep(kept: &KeptRooms<String>, seat: i64, revision: i64, text: &str) {
        kept.keep(stamp(seat, revision), terms(1), Arc::new(Ready::new(text.to_owned()).unwrap()));
    }

    #[test]
    fn what_looks_otherwise_is_not_found() {
        let kept = KeptRooms::default();
        keep(&kept, 1, 5, "as it was");
        assert_eq!(found(&kept, 1, 5, 1).as_deref(), Some("as it was"));
        assert_eq!((found(&kept, 1, 6, 1), found(&kept, 1, 5, 2), found(&kept, 2, 5, 1)), (None, None, None));
        keep(&kept, 1, 6, "as it is");
        assert_eq!(found(&kept, 1, 6, 1).as_deref(), Some("as it is"));
        assert_eq!(found(&kept, 1, 5, 1), None);
    }

    #[test]
    fn what_nobody_looked_at_for_long_is_forgotten() {
        let kept = KeptRooms::of_size(10 * (OVERHEAD + 6));
        keep(&kept, 0, 1, "x");
        for seat in 1..100 {
            keep(&kept, seat, 1, "x");
            assert_eq!(found(&kept, 0, 1, 1).as_deref(), Some("x"), "looked at all the time");
        }
        assert_eq!(found(&kept, 1, 1, 1), None);
        let generations = kept.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 22, "not more than fits");
    }
}
