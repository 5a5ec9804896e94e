//! What every request works with.

use std::ops::Deref;
use std::sync::Arc;

use ipnet::IpNet;
use plauder_model::{Chance, Clock};
use plauder_store::Database;
use tokio::sync::Semaphore;

use crate::caller::memory::Memory;
use crate::caller::tries::Tries;
use crate::metrics::Metrics;

/// What an operator can choose of the server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Proxies whose word about whom they speak for is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How short a password may be, in characters.
    pub password_min_length: usize,
    /// How long a password that was right is remembered, in seconds; 0: not at all.
    pub password_memory_seconds: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            password_min_length: plauder_talk::password::MIN_LENGTH,
            password_memory_seconds: 300,
        }
    }
}

/// What every request works with. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) config: Config,
    pub(crate) memory: Memory,
    pub(crate) tries: Tries,
    pub(crate) metrics: Metrics,
    /// Hashing a password keeps a core busy: no more of them at once than there are cores.
    hashers: Semaphore,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// An app on an open store.
    #[must_use]
    pub fn new(database: Database, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>, config: Config) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Parts {
            memory: Memory::new(chance.as_ref(), config.password_memory_seconds),
            tries: Tries::default(),
            metrics: Metrics::new(&database),
            hashers: Semaphore::new(cores),
            database,
            clock,
            chance,
            config,
        }))
    }

    /// Hashes a password, away from the threads that serve requests.
    pub(crate) async fn hash_password(&self, password: String) -> String {
        let chance = Arc::clone(&self.chance);
        self.hashing(move || plauder_talk::password::hash(&password, chance.as_ref()))
            .await
            .unwrap_or_default()
    }

    /// Verifies a password, away from the threads that serve requests.
    pub(crate) async fn verify_password(&self, password: String, hash: Option<String>) -> bool {
        let verified = self.hashing(move || plauder_talk::password::verify(&password, hash.as_deref())).await;
        verified.unwrap_or(false)
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _turn = self.hashers.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}
