//! A cache of the conversations that tokens name, so that a waiting client subscribes before it reads the store. A
//! conversation keeps its token, so an entry never expires.

use plauder_model::{ConversationId, Token};

use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// The conversations that tokens name.
pub(crate) struct KnownTokens(Cache<Token, ConversationId>);

impl KnownTokens {
    /// An empty cache of at most `capacity` tokens.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::new(capacity, metrics))
    }

    pub(crate) fn find(&self, token: &Token) -> Option<ConversationId> {
        self.0.get(token, |_| true)
    }

    pub(crate) fn insert(&self, token: &Token, id: ConversationId) {
        self.0.insert(token.clone(), id);
    }

    /// Updates the metric of the number of entries.
    pub(crate) fn measure(&self) {
        self.0.measure();
    }
}
