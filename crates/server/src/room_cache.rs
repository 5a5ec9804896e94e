//! A cache of conversations as rendered JSON, with one entry per attendee: a list of a hundred conversations of which
//! one has changed costs the rendering of one.

use std::sync::Arc;

use plauder_model::AttendeeId;
use plauder_ocs::Prerendered;
use plauder_talk::conversation::list::{RoomRevision, ViewInputs};
use quick_cache::Weighter;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// The memory of an entry beside its JSON, in bytes: its slot in the cache, and that of an evicted entry.
const OVERHEAD: usize = 256;

/// The usual size of an entry, in bytes: a conversation has about 1,000 bytes of JSON.
const USUAL_BYTES: usize = 2_048 + OVERHEAD;

/// Conversations as rendered JSON, by the attendee who reads them.
pub(crate) struct RoomCache<R>(Cache<AttendeeId, Entry<R>, Bytes>);

struct Entry<R> {
    revision: RoomRevision,
    inputs: ViewInputs,
    room: Arc<Prerendered<R>>,
}

// A derived `Clone` would require `R: Clone`.
impl<R> Clone for Entry<R> {
    fn clone(&self) -> Self {
        Self { revision: self.revision, inputs: self.inputs, room: Arc::clone(&self.room) }
    }
}

/// About the memory of an entry: its JSON, and the same again for the values that it was rendered from.
#[derive(Clone)]
struct Bytes;

impl<R> Weighter<AttendeeId, Entry<R>> for Bytes {
    fn weight(&self, _: &AttendeeId, entry: &Entry<R>) -> u64 {
        (2 * entry.room.bytes() + OVERHEAD) as u64
    }
}

impl<R> RoomCache<R> {
    /// An empty cache of about `capacity` bytes.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::with_weigher(capacity, USUAL_BYTES, Bytes, metrics))
    }

    /// The entries of conversations that have not changed since they were rendered.
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

    /// Adds a rendered conversation, or replaces its entry.
    pub(crate) fn insert(&self, revision: RoomRevision, inputs: ViewInputs, room: Arc<Prerendered<R>>) {
        self.0.insert(revision.attendee, Entry { revision, inputs, room });
    }

    /// Updates the metric of the number of entries.
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
    fn a_changed_conversation_is_not_found() {
        let metrics = CacheMetrics::default();
        let cache = RoomCache::new(1 << 20, metrics.clone());
        insert(&cache, 1, 5, "old");
        assert_eq!(found(&cache, 1, 5, 1).as_deref(), Some("old"));
        assert_eq!(
            (found(&cache, 1, 6, 1), found(&cache, 1, 5, 2), found(&cache, 2, 5, 1)),
            (None, None, None)
        );
        insert(&cache, 1, 6, "new");
        assert_eq!(found(&cache, 1, 6, 1).as_deref(), Some("new"));
        assert_eq!(found(&cache, 1, 5, 1), None);
        assert_eq!((metrics.hits.get(), metrics.misses.get()), (2, 4));
    }

    #[test]
    fn the_cache_is_bounded_in_bytes_and_keeps_used_entries() {
        let metrics = CacheMetrics::default();
        let entry_bytes = 2 * 1_002 + OVERHEAD;
        let cache = RoomCache::new(10 * entry_bytes, metrics.clone());
        let text = "x".repeat(1_000);
        insert(&cache, 0, 1, &text);
        for attendee in 1..100 {
            assert_eq!(found(&cache, 0, 1, 1).as_ref(), Some(&text), "used all the time");
            insert(&cache, attendee, 1, &text);
        }
        assert_eq!(found(&cache, 50, 1, 1), None);
        assert!(found(&cache, 99, 1, 1).is_some(), "the newest entry");
        cache.measure();
        assert_eq!((metrics.entries.get(), metrics.evictions.get()), (10, 90));
        insert(&cache, 100, 1, &"x".repeat(20_000));
        assert_eq!(found(&cache, 100, 1, 1), None, "an entry larger than the cache is not added");
    }
}
