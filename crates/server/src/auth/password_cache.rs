//! A cache of verified passwords, so that a client that sends its password with every request does not cost a slow hash
//! each time.
//!
//! It holds neither passwords nor their plain hashes: the key is a keyed hash of account and password, whose secret
//! this process generated. The value is the stored hash that the password matched. Whether this is still the account's
//! hash is looked up in the store with every request, so that a change of the password takes effect at once, on every
//! node.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use plauder_model::{Rng, Timestamp};
use sha2::Sha256;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// Recently verified passwords.
pub(crate) struct PasswordCache {
    secret: Hmac<Sha256>,
    seconds: i64,
    entries: Cache<[u8; 32], Verified>,
}

#[derive(Clone)]
struct Verified {
    password_hash: Arc<str>,
    at: Timestamp,
}

impl PasswordCache {
    /// An empty cache of at most `capacity` passwords. An entry is valid for `seconds`; 0 switches the cache off.
    pub(crate) fn new(rng: &dyn Rng, seconds: i64, capacity: usize, metrics: CacheMetrics) -> Self {
        let mut secret = [0; 64];
        rng.fill(&mut secret);
        Self { secret: Hmac::new(&secret.into()), seconds, entries: Cache::new(capacity, metrics) }
    }

    /// The stored hash that this password has matched.
    pub(crate) fn get(&self, user_key: &str, password: &str, now: Timestamp) -> Option<String> {
        // An entry from the future was added before the clock was set back.
        let is_valid = |entry: &Verified| (0..self.seconds).contains(&(now - entry.at));
        self.entries.get(&self.key(user_key, password), is_valid).map(|entry| entry.password_hash.to_string())
    }

    /// Adds a password that has matched a stored hash.
    pub(crate) fn insert(&self, user_key: &str, password: &str, password_hash: &str, now: Timestamp) {
        if self.seconds > 0 {
            let verified = Verified { password_hash: password_hash.into(), at: now };
            self.entries.insert(self.key(user_key, password), verified);
        }
    }

    /// Removes an outdated entry.
    pub(crate) fn remove(&self, user_key: &str, password: &str) {
        self.entries.remove(&self.key(user_key, password));
    }

    /// Updates the metric of the number of entries.
    pub(crate) fn measure(&self) {
        self.entries.measure();
    }

    fn key(&self, user_key: &str, password: &str) -> [u8; 32] {
        let mut key = self.secret.clone();
        // The length separates the account from the password.
        key.update(&user_key.len().to_le_bytes());
        key.update(user_key.as_bytes());
        key.update(password.as_bytes());
        key.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::rng::SeededRng;

    use super::*;

    fn cache(seconds: i64, capacity: usize) -> PasswordCache {
        PasswordCache::new(&SeededRng::new(1), seconds, capacity, CacheMetrics::default())
    }

    #[test]
    fn an_entry_expires() {
        let cache = cache(300, 10);
        assert_eq!(cache.get("alice", "pw", 1000), None);
        cache.insert("alice", "pw", "hash", 1000);
        assert_eq!(cache.get("alice", "pw", 1299).as_deref(), Some("hash"));
        assert_eq!(cache.get("alice", "pw", 1300), None, "expired");
        assert_eq!(cache.get("alice", "pw", 999), None, "the clock was set back");
        assert_eq!(cache.get("alice", "PW", 1000), None);
        assert_eq!(cache.get("alicep", "w", 1000), None);
        cache.remove("alice", "pw");
        assert_eq!(cache.get("alice", "pw", 1000), None);
    }

    #[test]
    fn zero_seconds_or_capacity_switch_the_cache_off() {
        for off in [cache(0, 10), cache(300, 0)] {
            off.insert("alice", "pw", "hash", 0);
            assert_eq!(off.get("alice", "pw", 0), None);
        }
    }

    #[test]
    fn a_used_entry_survives_while_others_are_evicted() {
        let cache = cache(300, 100);
        cache.insert("alice", "pw", "hash", 0);
        for number in 0..1_000 {
            assert!(cache.get("alice", "pw", 0).is_some(), "after {number} others");
            cache.insert("bob", &number.to_string(), "hash", 0);
        }
        let left = (0..1_000).filter(|number| cache.get("bob", &number.to_string(), 0).is_some()).count();
        assert!((50..=110).contains(&left), "{left}");
    }
}
