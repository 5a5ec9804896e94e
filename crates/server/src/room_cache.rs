//! A cache of conversations as rendered JSON, one entry an attendee: a list of a hundred conversations of which one
//! changed costs the rendering of one.

use std::sync::Arc;

use plauder_model::AttendeeId;
use plauder_ocs::Prerendered;
use plauder_talk::conversation::list::{RoomRevision, ViewInputs};
use quick_cache::Weighter;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// What an entry takes beside its JSON, in bytes: its place in the cache, and that of one which was evicted.
const OVERHEAD: usize = 256;

/// What an entry usually takes, in bytes: a conversation has about 1,000 bytes of JSON.
const USUAL_BYTES: usize = 2_048 + OVERHEAD;

/// Conversations as rendered JSON, by the attendee who saw them.
pub(crate) struct RoomCache<R>(Cache<AttendeeId, Entry<R>, Bytes>);

struct Entry<R> {
    revision: RoomRevision,
    inputs: ViewInputs,
    room: Arc<Prerendered<R>>,
}

// Derived, it would ask for rooms that can be cloned.
impl<R> Clone for Entry<R> {
    fn clone(&self) -> Self {
        Self { revision: self.revision, inputs: self.inputs, room: Arc::clone(&self.room) }
    }
}

/// About how much memory an entry takes: its JSON, and once more for the values that it was rendered from.
#[derive(Clone)]
struct Bytes;

impl<R> Weighter<AttendeeId, Entry<R>> for Bytes {
    fn weight(&self, _: &AttendeeId, entry: &Entry<R>) -> u64 {
        (2 * entry.room.bytes() + OVERHEAD) as u64
    }
}

impl<R> RoomCache<R> {
    /// An empty cache that takes about as many bytes as `capacity`.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::with_weigher(capacity, USUAL_BYTES, Bytes, metrics))
    }

    /// The entries of some conversations that are still as they were rendered.
    pub(crate) fn find(
        &self,
        revisions: &[RoomRevision],
        inputs: ViewInputs,
    ) -> Vec<Option<Arc<Prerendered<R>>>> {
        let mut hits = 0;
        let find = |revision: &RoomRevision| {
            let entry = self
                .0
                .find(&revision.attendee)
                .filter(|entry| entry.revision == *revision && entry.inputs == inputs)?;
            hits += 1;
            Some(entry.room)
        };
        let found = revisions.iter().map(find).collect();
        self.0.count(hits, revisions.len() as u64 - hits);
        found
    }

    /// Adds a conversation as it was rendered, in place of an earlier one.
    pub(crate) fn insert(&self, revision: RoomRevision, inputs: ViewInputs, room: Arc<Prerendered<R>>) {
        self.0.insert(revision.attendee, Entry { revision, inputs, room });
    }

    /// Brings the metric of how many entries there are up to date.
    pub(crate) fn measure(&self) {
        self.0.measure();
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::{NotificationLevel, StartCalls};

    use super::*;

    fn room_revision(attendee: i64, revision: i64) -> RoomRevision {
        RoomRevision { attendee: AttendeeId(attendee), revisions: (revision, 0) }
    }

    fn inputs(names: i64) -> ViewInputs {
        let (start_calls, group_notification) = (StartCalls::Everyone, NotificationLevel::Mention);
        ViewInputs { names, start_calls, group_notification }
    }

    fn found(cache: &RoomCache<String>, attendee: i64, revision: i64, names: i64) -> Option<String> {
        let found = cache.find(&[room_revision(attendee, revision)], inputs(names)).remove(0);
        found.map(|room| room.value().clone())
    }

    fn insert(cache: &RoomCache<String>, attendee: i64, revision: i64, text: &str) {
        cache.insert(
            room_revision(attendee, revision),
            inputs(1),
            Arc::new(Prerendered::new(text.to_owned()).unwrap()),
        );
    }

    #[test]
    fn a_conversation_that_changed_is_not_found() {
        let metrics = CacheMetrics::default();
        let cache = RoomCache::new(1 << 20, metrics.clone());
        insert(&cache, 1, 5, "as it was");
        assert_eq!(found(&cache, 1, 5, 1).as_deref(), Some("as it was"));
        assert_eq!(
            (found(&cache, 1, 6, 1), found(&cache, 1, 5, 2), found(&cache, 2, 5, 1)),
            (None, None, None)
        );
        insert(&cache, 1, 6, "as it is");
        assert_eq!(found(&cache, 1, 6, 1).as_deref(), Some("as it is"));
        assert_eq!(found(&cache, 1, 5, 1), None);
        assert_eq!((metrics.hits.get(), metrics.misses.get()), (2, 4));
    }

    #[test]
    fn entries_are_bounded_in_bytes_and_those_in_use_stay() {
        let metrics = CacheMetrics::default();
        let one = 2 * 1_002 + OVERHEAD;
        let cache = RoomCache::new(10 * one, metrics.clone());
        let text = "x".repeat(1_000);
        insert(&cache, 0, 1, &text);
        for attendee in 1..100 {
            assert_eq!(found(&cache, 0, 1, 1).as_ref(), Some(&text), "looked at all the time");
            insert(&cache, attendee, 1, &text);
        }
        assert_eq!(found(&cache, 50, 1, 1), None);
        assert!(found(&cache, 99, 1, 1).is_some(), "the last one");
        cache.measure();
        assert_eq!((metrics.entries.get(), metrics.evictions.get()), (10, 90));
        insert(&cache, 100, 1, &"x".repeat(20_000));
        assert_eq!(found(&cache, 100, 1, 1), None, "what is larger than the cache is not taken in");
    }
}
