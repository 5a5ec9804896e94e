//! A cache of passwords that were verified, so that a client which sends its password with every request does not cost a
//! slow hash each time.
//!
//! It holds neither passwords nor their plain hashes: the key is a keyed hash of account and password, whose secret this
//! process generated. The value is the stored hash that the password matched. Whether this is still the account's hash is
//! looked up in the store with every request, so that a change of the password takes effect at once, on every node.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use plauder_model::{Rng, Timestamp};
use sha2::Sha256;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// Passwords that were verified a short while ago.
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
    /// An empty cache of at most `capacity` passwords, each valid for so many seconds.
    pub(crate) fn new(rng: &dyn Rng, seconds: i64, capacity: usize, metrics: CacheMetrics) -> Self {
        let mut secret = [0; 64];
        rng.fill(&mut secret);
        Self { secret: Hmac::new(&secret.into()), seconds, entries: Cache::new(capacity, metrics) }
    }

    /// The stored hash that this password was verified against.
    pub(crate) fn get(&self, user_key: &str, password: &str, now: Timestamp) -> Option<String> {
        // An entry from the future was made before the clock was set back.
        let is_valid = |entry: &Verified| (0..self.seconds).contains(&(now - entry.at));
        self.entries.get(&self.key(user_key, password), is_valid).map(|entry| entry.password_hash.to_string())
    }

    /// Notes that this password was verified against that stored hash.
    pub(crate) fn insert(&self, user_key: &str, password: &str, password_hash: &str, now: Timestamp) {
        if self.seconds > 0 {
            let verified = Verified { password_hash: password_hash.into(), at: now };
            self.entries.insert(self.key(user_key, password), verified);
        }
    }

    /// Removes an entry that turned out to be outdated.
    pub(crate) fn remove(&self, user_key: &str, password: &str) {
        self.entries.remove(&self.key(user_key, password));
    }

    /// Brings the metric of how many entries there are up to date.
    pub(crate) fn measure(&self) {
        self.entries.measure();
    }

    fn key(&self, user_key: &str, password: &str) -> [u8; 32] {
        let mut key = self.secret.clone();
        // The length says where the account ends and the password begins.
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
    fn a_password_is_valid_for_a_while() {
        let cache = cache(300, 10);
        assert_eq!(cache.get("alice", "pw", 1000), None);
        cache.insert("alice", "pw", "hash", 1000);
        assert_eq!(cache.get("alice", "pw", 1299).as_deref(), Some("hash"));
        assert_eq!(cache.get("alice", "pw", 1300), None, "over");
        assert_eq!(cache.get("alice", "pw", 999), None, "the clock was set back");
        assert_eq!(cache.get("alice", "PW", 1000), None);
        assert_eq!(cache.get("alicep", "w", 1000), None);
        cache.remove("alice", "pw");
        assert_eq!(cache.get("alice", "pw", 1000), None);
    }

    #[test]
    fn it_can_be_switched_off() {
        for off in [cache(0, 10), cache(300, 0)] {
            off.insert("alice", "pw", "hash", 0);
            assert_eq!(off.get("alice", "pw", 0), None);
        }
    }

    #[test]
    fn a_password_in_use_outlives_others_that_fill_the_cache() {
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
