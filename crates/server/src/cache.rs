//! The bounded cache behind every cache of this crate: a capacity from the configuration, counts for Prometheus, and
//! eviction of one entry at a time.
//!
//! Expiry is the caller's: `is_valid` of [`Cache::get`] checks an entry by the server's clock.

use std::hash::Hash;

use quick_cache::sync::Cache as QuickCache;
use quick_cache::{DefaultHashBuilder, Equivalent, Lifecycle, OptionsBuilder, UnitWeighter, Weighter};

use crate::metrics::CacheMetrics;

/// The share of a cache for entries that were looked up again. The library's default of 0.97 suits caches in which some
/// entries stay popular. Here people come and go: the entries of people who left would fill the cache for hours, and
/// those of people who came would be evicted (docs/decisions/0012).
const HOT_ALLOCATION: f64 = 0.3;

/// The number of remembered keys of evicted entries, as a share of the entries: an entry that comes again soon is kept
/// longer.
const GHOST_ALLOCATION: f64 = 1.0;

/// The smallest cache, in entries.
const MIN_ENTRIES: usize = 8;

/// A cache that evicts entries that were not used recently. A capacity of 0 switches it off.
pub(crate) struct Cache<K, V, W = UnitWeighter> {
    entries: QuickCache<K, V, W, DefaultHashBuilder, CountEvictions>,
    metrics: CacheMetrics,
}

/// Counts entries that are evicted because the cache is full.
#[derive(Clone)]
struct CountEvictions(CacheMetrics);

impl<K, V> Lifecycle<K, V> for CountEvictions {
    type RequestState = ();

    // Unlike `on_evict`, it is not called for values that are replaced.
    fn before_evict(&self, (): &mut (), _key: &K, _value: &mut V) {
        self.0.evictions.inc();
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// A cache of at most `capacity` entries.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self::with_weigher(capacity, 1, UnitWeighter, metrics)
    }
}

impl<K: Eq + Hash, V: Clone, W: Weighter<K, V> + Clone> Cache<K, V, W> {
    /// A cache whose entries together weigh at most `capacity`, where one weighs about `usual_weight`.
    pub(crate) fn with_weigher(
        capacity: usize,
        usual_weight: usize,
        weigher: W,
        metrics: CacheMetrics,
    ) -> Self {
        let capacity = if capacity == 0 { 0 } else { capacity.max(MIN_ENTRIES * usual_weight) };
        let options = OptionsBuilder::new()
            .estimated_items_capacity(capacity / usual_weight)
            .weight_capacity(capacity as u64)
            .hot_allocation(HOT_ALLOCATION)
            .ghost_allocation(GHOST_ALLOCATION)
            .build()
            .expect("both capacities are set");
        let evictions = CountEvictions(metrics.clone());
        let entries = QuickCache::with_options(options, weigher, DefaultHashBuilder::default(), evictions);
        Self { entries, metrics }
    }

    /// The value of a key, if there is a valid one. Counts a hit or a miss.
    pub(crate) fn get<Q>(&self, key: &Q, is_valid: impl FnOnce(&V) -> bool) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let found = self.find(key).filter(is_valid);
        self.count(u64::from(found.is_some()), u64::from(found.is_none()));
        found
    }

    /// The value of a key without counting, for lookups that [`Cache::count`] counts together.
    pub(crate) fn find<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.entries.get(key)
    }

    /// Counts lookups.
    pub(crate) fn count(&self, hits: u64, misses: u64) {
        if hits > 0 {
            self.metrics.hits.inc_by(hits);
        }
        if misses > 0 {
            self.metrics.misses.inc_by(misses);
        }
    }

    /// Adds an entry, or replaces the entry of the same key.
    pub(crate) fn insert(&self, key: K, value: V) {
        if self.entries.capacity() > 0 {
            self.entries.insert(key, value);
        }
    }

    /// Removes the entry of a key.
    pub(crate) fn remove<Q>(&self, key: &Q)
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.entries.remove(key);
    }

    /// Removes invalid entries.
    pub(crate) fn retain(&self, is_valid: impl Fn(&V) -> bool) {
        self.entries.retain(|_, value| is_valid(value));
    }

    /// Updates the metric of the number of entries.
    pub(crate) fn measure(&self) {
        self.metrics.entries.set(i64::try_from(self.entries.len()).unwrap_or(i64::MAX));
    }
}

impl<K, V> Cache<K, V>
where
    K: Eq + Hash + ToOwned<Owned = K>,
    V: Clone + Default,
{
    /// The value of a key. Inserts the default if there is none.
    pub(crate) fn get_or_default(&self, key: &K) -> V {
        let Ok(value) =
            self.entries.get_or_insert_with(key, || Ok::<_, std::convert::Infallible>(V::default()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(cache: &Cache<u32, u32>) -> (i64, u64, u64, u64) {
        cache.measure();
        let CacheMetrics { entries, hits, misses, evictions } = &cache.metrics;
        (entries.get(), hits.get(), misses.get(), evictions.get())
    }

    #[test]
    fn lookups_entries_and_evictions_are_counted() {
        let cache = Cache::new(8, CacheMetrics::default());
        assert_eq!(cache.get(&1, |_| true), None);
        cache.insert(1, 10);
        cache.insert(1, 11);
        assert_eq!(cache.get(&1, |_| true), Some(11));
        assert_eq!(cache.get(&1, |value| *value > 11), None, "the entry is invalid");
        assert_eq!(counts(&cache), (1, 1, 2, 0));
        for number in 2..=10 {
            cache.insert(number, number);
        }
        assert_eq!(counts(&cache), (8, 1, 2, 2));
        cache.retain(|_| false);
        assert_eq!(counts(&cache), (0, 1, 2, 2), "a removal is no eviction");
    }

    #[test]
    fn a_full_cache_evicts_one_entry_at_a_time() {
        let cache = Cache::new(1_000, CacheMetrics::default());
        for number in 0..10_000 {
            cache.insert(number, number);
            let (entries, .., evictions) = counts(&cache);
            assert!(entries <= 1_000 + 8, "each shard is rounded up");
            assert_eq!(entries.unsigned_abs() + evictions, u64::from(number) + 1);
        }
        assert!(counts(&cache).0 >= 900, "it stays full");
    }

    #[test]
    fn new_keys_displace_keys_that_are_no_longer_used() {
        let cache = Cache::new(10_000, CacheMetrics::default());
        let hits = |range: std::ops::Range<u32>| {
            let count = range.clone().filter(|number| {
                let found = cache.get(number, |_| true);
                if found.is_none() {
                    cache.insert(*number, 0);
                }
                found.is_some()
            });
            count.count() * 100 / range.len()
        };
        for _ in 0..5 {
            hits(0..10_000);
        }
        let hit_rates: Vec<usize> = (0..6).map(|_| hits(20_000..28_000)).collect();
        assert!(hit_rates[3..].iter().all(|percent| *percent >= 80), "{hit_rates:?}");
    }

    #[test]
    fn a_capacity_of_zero_switches_the_cache_off() {
        let cache = Cache::new(0, CacheMetrics::default());
        cache.insert(1, 1);
        assert_eq!(cache.get(&1, |_| true), None);
        assert_eq!(counts(&cache), (0, 0, 1, 0));
    }
}
