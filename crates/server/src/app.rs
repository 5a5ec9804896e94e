//! The state that all requests share.

use std::ops::Deref;
use std::sync::{Arc, Mutex as StdMutex, OnceLock};
use std::time::Duration;

use plauder_config::Config;
use plauder_live::Queue;
use plauder_live::relay::Publisher;
use plauder_model::{Clock, ConversationId, Rng, Timestamp};
use plauder_ocs::Failure;
use plauder_store::Database;
use tokio::sync::{Mutex, Semaphore, watch};

use crate::api::v2;
use crate::auth::guest_limiter::GuestLimiter;
use crate::auth::login_throttle::LoginThrottle;
use crate::auth::password_cache::PasswordCache;
use crate::connection_counts::ConnectionCounts;
use crate::delivery::Hub;
use crate::error::ApiError;
use crate::known_tokens::KnownTokens;
use crate::long_poll::RecentAccessCache;
use crate::mail_counts::MailCounts;
use crate::metrics::Metrics;
use crate::room_cache::RoomCache;

/// The state that all requests share. A clone is a handle to the same state.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) config: Config,
    /// The address at which people reach the server, without a trailing slash.
    pub(crate) public_url: String,
    pub(crate) password_cache: PasswordCache,
    pub(crate) login_throttle: LoginThrottle,
    pub(crate) guest_limiter: GuestLimiter,
    pub(crate) metrics: Metrics,
    /// A permit per core: hashing a password keeps a core busy.
    hashers: Arc<Semaphore>,
    /// The time and the result of the last readiness check of the store.
    pub(crate) last_ready: Mutex<Option<(Timestamp, bool)>>,
    pub(crate) hub: Hub,
    /// The queue of changed conversations, until [`crate::delivery::run`] takes it.
    pub(crate) queue: StdMutex<Option<Queue>>,
    pub(crate) known_tokens: KnownTokens,
    pub(crate) room_cache: RoomCache<v2::Room>,
    pub(crate) recent_access: RecentAccessCache,
    /// Publishes commits to other nodes, if there are any.
    publisher: Arc<OnceLock<Publisher>>,
    /// Becomes true when the server is to stop.
    stop: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// An app on an open store. `public_url` is the address at which people reach the server, without a trailing slash:
    /// links in mails and notifications begin with it. `stop` becomes true when the server is to stop; then waiting
    /// requests are answered.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        config: Config,
        public_url: String,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (hub, queue) = Hub::new();
        let publisher = Arc::<OnceLock<Publisher>>::default();
        let (local, remote) = (hub.clone(), Arc::clone(&publisher));
        database.listen(move |ids| {
            for id in ids {
                local.mark_changed(*id);
                if let Some(publisher) = remote.get() {
                    publisher.publish(*id);
                }
            }
        });
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let metrics = Metrics::new(&database);
        Self(Arc::new(Parts {
            password_cache: PasswordCache::new(
                rng.as_ref(),
                config.passwords.cache_seconds,
                config.caches.passwords,
                metrics.cache("passwords"),
            ),
            login_throttle: LoginThrottle::default(),
            guest_limiter: GuestLimiter::new(
                config.limits.guest_joins_per_minute,
                config.limits.guest_polls,
                Arc::clone(&clock),
                metrics.guests(),
            ),
            hashers: Arc::new(Semaphore::new(cores)),
            stop,
            last_ready: Mutex::default(),
            hub,
            queue: StdMutex::new(Some(queue)),
            known_tokens: KnownTokens::new(config.caches.tokens, metrics.cache("tokens")),
            room_cache: RoomCache::new(config.caches.rooms_bytes, metrics.cache("rooms")),
            recent_access: RecentAccessCache::new(
                config.caches.recent_access,
                metrics.cache("recent_access"),
            ),
            metrics,
            publisher,
            database,
            clock,
            rng,
            config,
            public_url,
        }))
    }

    /// Publishes commits of this node to other nodes from now on.
    pub fn set_publisher(&self, publisher: Publisher) {
        let _ = self.publisher.set(publisher);
    }

    /// Records that another node has changed a conversation.
    pub fn mark_changed(&self, id: ConversationId) {
        self.hub.mark_changed(id);
    }

    /// Refreshes the feeds of all conversations: notifications of other nodes may have been lost.
    pub fn resync(&self) {
        self.hub.resync();
    }

    /// The counts of mails.
    #[must_use]
    pub fn mail_counts(&self) -> MailCounts {
        self.metrics.mails.clone()
    }

    /// The counts of connections.
    #[must_use]
    pub fn connection_counts(&self) -> ConnectionCounts {
        self.metrics.connections.clone()
    }

    /// Updates the metrics of the number of entries of each cache.
    pub(crate) fn measure_caches(&self) {
        self.password_cache.measure();
        self.known_tokens.measure();
        self.room_cache.measure();
        self.recent_access.measure();
        self.guest_limiter.measure();
    }

    /// Hashes a password on a blocking thread.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String, ApiError> {
        let rng = Arc::clone(&self.rng);
        self.run_hashing(move || plauder_talk::password::hash(&password, rng.as_ref())).await
    }

    /// Hashes or verifies a password on a blocking thread, as soon as a core is free. `work` runs to its end even if
    /// the request is cancelled; until then it keeps its permit.
    pub(crate) async fn run_hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let permit = Arc::clone(&self.hashers).acquire_owned().await;
        let result = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        result.await.map_err(|_| Failure::internal().into())
    }

    /// Whether the server is stopping.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Returns when the server is to stop.
    pub(crate) async fn stopped(&self) {
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// Sleeps for `time`, or until the server is to stop.
    pub(crate) async fn wait(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.stopped() => {}
        }
    }
}
