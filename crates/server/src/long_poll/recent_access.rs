//! A client that got a message asks for the next one at once, and so do all others of the conversation: whoever was
//! admitted a moment ago waits again without a read of the store.
//!
//! An entry shows nobody what is not for them any more: new messages are handed over only to clients that were admitted at
//! the numbers that were read with these messages, see [`plauder_live::AccessSnapshot`], and for older messages these numbers are
//! read again. An entry is valid for a short while only, so that a client which lost the right to wait is refused although
//! nothing is written.

use std::hash::Hash;

use plauder_live::ReaderAccess;
use plauder_model::{ConversationId, MessageId, Timestamp, Token, session};
use plauder_talk::caller::Credentials;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::new_messages::AccessVersion;
use quick_cache::Equivalent;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// How long an entry is valid, in seconds. A ping is written only by a request that reads the store, and only if the last
/// one is some time ago: that time, this one and the longest wait are together less than a session may live without one.
const VALID_SECONDS: Timestamp = session::ALIVE_SECONDS / 10;

/// That a client was admitted to wait in a conversation.
#[derive(Debug, Clone)]
pub(super) struct RecentAccess {
    pub(super) conversation: ConversationId,
    pub(super) viewer: Viewer,
    pub(super) access: ReaderAccess<AccessVersion>,
    /// Up to where they have read, as far as is known.
    pub(super) marker: MessageId,
    /// When the store was read.
    pub(super) since: Timestamp,
}

impl RecentAccess {
    fn is_valid(&self, now: Timestamp) -> bool {
        (0..VALID_SECONDS).contains(&(now - self.since))
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Key(Credentials, Token);

/// A [`Key`] for lookups. It hashes as one.
#[derive(Hash)]
struct KeyRef<'a>(&'a Credentials, &'a Token);

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.0 == key.0 && *self.1 == key.1
    }
}

/// Who was admitted in the last while, by credentials and conversation.
pub(crate) struct RecentAccessCache(Cache<Key, RecentAccess>);

impl RecentAccessCache {
    /// An empty cache of at most `capacity` entries.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::new(capacity, metrics))
    }

    /// How these credentials were admitted lately.
    pub(super) fn get(
        &self,
        credentials: &Credentials,
        token: &Token,
        now: Timestamp,
    ) -> Option<RecentAccess> {
        self.0.get(&KeyRef(credentials, token), |access| access.is_valid(now))
    }

    /// Notes that these credentials were admitted.
    pub(super) fn insert(&self, credentials: &Credentials, token: &Token, access: RecentAccess) {
        if *credentials != Credentials::None {
            self.0.insert(Key(credentials.clone(), token.clone()), access);
        }
    }

    /// Removes the entry of these credentials.
    pub(crate) fn remove(&self, credentials: &Credentials, token: &Token) {
        self.0.remove(&KeyRef(credentials, token));
    }

    /// Removes the entries that are over.
    pub(crate) fn remove_expired(&self, now: Timestamp) {
        self.0.retain(|access| access.is_valid(now));
    }

    /// Brings the metric of how many entries there are up to date.
    pub(crate) fn measure(&self) {
        self.0.measure();
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::AttendeeId;

    use super::*;

    fn credentials(secret: &str) -> Credentials {
        Credentials::Cookie { secret_hash: secret.to_owned() }
    }

    fn access(conversation: i64, since: Timestamp) -> RecentAccess {
        let access = ReaderAccess {
            access_version: AccessVersion::default(),
            attendees_removed: 0,
            attendee: AttendeeId(1),
        };
        let conversation = ConversationId(conversation);
        RecentAccess { conversation, viewer: Viewer::Anybody, access, marker: MessageId(0), since }
    }

    #[test]
    fn access_is_for_the_same_credentials_and_for_a_while() {
        let (metrics, room) = (CacheMetrics::default(), Token::parse("abcdefgh").unwrap());
        let cache = RecentAccessCache::new(10, metrics.clone());
        cache.insert(&credentials("a"), &room, access(1, 1000));
        cache.insert(&Credentials::None, &room, access(2, 1000));
        let found = |credentials: &Credentials, room: &Token, now| {
            cache.get(credentials, room, now).map(|access| access.conversation.0)
        };
        assert_eq!(found(&credentials("a"), &room, 1000 + VALID_SECONDS - 1), Some(1));
        assert_eq!(found(&credentials("a"), &room, 1000 + VALID_SECONDS), None, "over");
        assert_eq!(found(&credentials("a"), &room, 999), None, "the clock was set back");
        assert_eq!(found(&credentials("b"), &room, 1000), None);
        assert_eq!(found(&credentials("a"), &Token::parse("abcdefgi").unwrap(), 1000), None);
        assert_eq!(found(&Credentials::None, &room, 1000), None, "without credentials nothing is kept");
        cache.remove(&credentials("b"), &room);
        assert_eq!(found(&credentials("a"), &room, 1000), Some(1));
        cache.remove(&credentials("a"), &room);
        assert_eq!(found(&credentials("a"), &room, 1000), None);
        cache.insert(&credentials("a"), &room, access(1, 1000));
        cache.insert(&credentials("b"), &room, access(1, 1001));
        cache.remove_expired(1000 + VALID_SECONDS);
        cache.measure();
        assert_eq!(metrics.entries.get(), 1);
        assert_eq!(found(&credentials("b"), &room, 1001), Some(1));
    }
}
