//! A cache of clients that were admitted to a conversation recently. All clients that receive a message poll again at
//! once; with an entry here they wait again without a read of the store.
//!
//! An entry never reveals a message to a client that has lost its access: new messages are delivered only to clients
//! whose entry matches the access snapshot that was read with these messages, see [`plauder_live::AccessSnapshot`]; for
//! older messages the snapshot is read again. An entry expires soon, so that a client without access is refused even if
//! no message is written.

use std::hash::Hash;

use plauder_live::ReaderAccess;
use plauder_model::{ConversationId, MessageId, Timestamp, Token, session};
use plauder_talk::caller::Credentials;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::new_messages::AccessVersion;
use quick_cache::Equivalent;

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// The lifetime of an entry, in seconds. Only a request that reads the store writes a ping, and only if the last ping
/// is old enough: that age, this lifetime and the longest wait together are less than a session lives without a ping.
const VALID_SECONDS: Timestamp = session::ALIVE_SECONDS / 10;

/// The access with which a client was admitted to a conversation.
#[derive(Debug, Clone)]
pub(super) struct RecentAccess {
    pub(super) conversation: ConversationId,
    pub(super) viewer: Viewer,
    pub(super) access: ReaderAccess<AccessVersion>,
    /// The client's read marker, as far as this node knows.
    pub(super) marker: MessageId,
    /// When the store was read.
    pub(super) read_at: Timestamp,
}

impl RecentAccess {
    fn is_valid(&self, now: Timestamp) -> bool {
        (0..VALID_SECONDS).contains(&(now - self.read_at))
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

/// The recent access of clients, by credentials and conversation.
pub(crate) struct RecentAccessCache(Cache<Key, RecentAccess>);

impl RecentAccessCache {
    /// An empty cache of at most `capacity` entries.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::new(capacity, metrics))
    }

    /// The recent access of these credentials.
    pub(super) fn get(
        &self,
        credentials: &Credentials,
        token: &Token,
        now: Timestamp,
    ) -> Option<RecentAccess> {
        self.0.get(&KeyRef(credentials, token), |access| access.is_valid(now))
    }

    /// Adds the access of these credentials.
    pub(super) fn insert(&self, credentials: &Credentials, token: &Token, access: RecentAccess) {
        if *credentials != Credentials::None {
            self.0.insert(Key(credentials.clone(), token.clone()), access);
        }
    }

    /// Removes the entry of these credentials.
    pub(crate) fn remove(&self, credentials: &Credentials, token: &Token) {
        self.0.remove(&KeyRef(credentials, token));
    }

    /// Removes expired entries.
    pub(crate) fn remove_expired(&self, now: Timestamp) {
        self.0.retain(|access| access.is_valid(now));
    }

    /// Updates the metric of the number of entries.
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

    fn access(conversation: i64, read_at: Timestamp) -> RecentAccess {
        let access = ReaderAccess {
            access_version: AccessVersion::default(),
            attendees_removed: 0,
            attendee: AttendeeId(1),
        };
        let conversation = ConversationId(conversation);
        RecentAccess { conversation, viewer: Viewer::Anybody, access, marker: MessageId(0), read_at }
    }

    #[test]
    fn an_entry_belongs_to_its_credentials_and_expires() {
        let (metrics, room) = (CacheMetrics::default(), Token::parse("abcdefgh").unwrap());
        let cache = RecentAccessCache::new(10, metrics.clone());
        cache.insert(&credentials("a"), &room, access(1, 1000));
        cache.insert(&Credentials::None, &room, access(2, 1000));
        let found = |credentials: &Credentials, room: &Token, now| {
            cache.get(credentials, room, now).map(|access| access.conversation.0)
        };
        assert_eq!(found(&credentials("a"), &room, 1000 + VALID_SECONDS - 1), Some(1));
        assert_eq!(found(&credentials("a"), &room, 1000 + VALID_SECONDS), None, "expired");
        assert_eq!(found(&credentials("a"), &room, 999), None, "the clock was set back");
        assert_eq!(found(&credentials("b"), &room, 1000), None);
        assert_eq!(found(&credentials("a"), &Token::parse("abcdefgi").unwrap(), 1000), None);
        assert_eq!(found(&Credentials::None, &room, 1000), None, "no entry without credentials");
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
