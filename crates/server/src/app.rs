//! What every request works with.

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
use crate::delivery::{Hub, KnownTokens};
use crate::error::ApiError;
use crate::long_poll::RecentAccessCache;
use crate::mail_counts::MailCounts;
use crate::metrics::Metrics;
use crate::room_cache::RoomCache;

/// What every request works with. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) config: Config,
    /// How people reach the server, without a slash at its end.
    pub(crate) public_url: String,
    /// Passwords that were verified a short while ago.
    pub(crate) password_cache: PasswordCache,
    pub(crate) login_throttle: LoginThrottle,
    pub(crate) guest_limiter: GuestLimiter,
    pub(crate) metrics: Metrics,
    /// Hashing a password keeps a core busy: no more of them at once than there are cores.
    hashers: Arc<Semaphore>,
    /// Whether the store answered when it was last asked for it, and when that was.
    pub(crate) last_ready: Mutex<Option<(Timestamp, bool)>>,
    /// Who waits for messages.
    pub(crate) hub: Hub,
    /// What there is to read for those who wait, until somebody takes it up.
    pub(crate) queue: StdMutex<Option<Queue>>,
    /// Which conversations tokens name, as far as somebody waited for them.
    pub(crate) known_tokens: KnownTokens,
    /// Conversations as JSON of API v2.
    pub(crate) room_cache: RoomCache<v2::Room>,
    /// Who was admitted to wait a moment ago.
    pub(crate) recent_access: RecentAccessCache,
    /// Where other nodes are told what was committed here.
    publisher: Arc<OnceLock<Publisher>>,
    /// Turns true when the server is told to stop.
    stop: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// An app on an open store. `public_url` is how people reach the server, without a slash at its end: links in mails and
    /// notifications begin with it. `stop` turns true when the server is told to stop; what waits ends then.
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
        let (changed, others) = (hub.clone(), Arc::clone(&publisher));
        database.listen(move |ids| {
            for id in ids {
                changed.mark_changed(*id);
                if let Some(others) = others.get() {
                    others.publish(*id);
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

    /// Lets other nodes know of what is committed here, from now on.
    pub fn set_publisher(&self, publisher: Publisher) {
        let _ = self.publisher.set(publisher);
    }

    /// Another node committed something in a conversation.
    pub fn mark_changed(&self, id: ConversationId) {
        self.hub.mark_changed(id);
    }

    /// Other nodes may have committed anything.
    pub fn resync(&self) {
        self.hub.resync();
    }

    /// Where it is counted what becomes of mails.
    #[must_use]
    pub fn mail_counts(&self) -> MailCounts {
        self.metrics.mails.clone()
    }

    /// Where connections are counted.
    #[must_use]
    pub fn connection_counts(&self) -> ConnectionCounts {
        self.metrics.connections.clone()
    }

    /// Brings the metrics of how many entries each cache has up to date.
    pub(crate) fn measure_caches(&self) {
        self.password_cache.measure();
        self.known_tokens.measure();
        self.room_cache.measure();
        self.recent_access.measure();
        self.guest_limiter.measure();
    }

    /// Hashes a password, away from the threads that serve requests.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String, ApiError> {
        let rng = Arc::clone(&self.rng);
        self.hashing(move || plauder_talk::password::hash(&password, rng.as_ref())).await
    }

    /// Does something slow with a password, to its end even if nobody waits for it any more. Until then it counts
    /// against the number of those that may run at once.
    pub(crate) async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = Arc::clone(&self.hashers).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Failure::internal().into())
    }

    /// Whether the server was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Returns when the server is told to stop.
    pub(crate) async fn stopped(&self) {
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// Waits, but not longer than the server runs.
    pub(crate) async fn wait(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.stopped() => {}
        }
    }
}
