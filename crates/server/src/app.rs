//! What every request works with.

use std::ops::Deref;
use std::sync::{Arc, Mutex as StdMutex, OnceLock};
use std::time::Duration;

use plauder_config::Config;
use plauder_live::Queue;
use plauder_live::relay::Teller;
use plauder_model::{Chance, Clock, ConversationId, Timestamp};
use plauder_ocs::Failure;
use plauder_store::Database;
use tokio::sync::{Mutex, Semaphore, watch};

use crate::api::v2;
use crate::caller::guests::GuestLimiter;
use crate::caller::memory::PasswordCache;
use crate::caller::tries::Tries;
use crate::connection_counts::ConnectionCounts;
use crate::delivery::{Hub, KnownTokens};
use crate::error::ApiError;
use crate::kept_rooms::RoomCache;
use crate::mail_counts::MailCounts;
use crate::metrics::Metrics;
use crate::waiting::RecentAccessCache;

/// What every request works with. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) config: Config,
    /// How people reach the server, without a slash at its end.
    pub(crate) public_url: String,
    /// Passwords that were verified a short while ago.
    pub(crate) password_cache: PasswordCache,
    pub(crate) tries: Tries,
    pub(crate) guests: GuestLimiter,
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
    teller: Arc<OnceLock<Teller>>,
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
        chance: Arc<dyn Chance>,
        config: Config,
        public_url: String,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (hub, queue) = Hub::new();
        let teller = Arc::<OnceLock<Teller>>::default();
        let (touched, others) = (hub.clone(), Arc::clone(&teller));
        database.listen(move |ids| {
            for id in ids {
                touched.touched(*id);
                if let Some(others) = others.get() {
                    others.tell(*id);
                }
            }
        });
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let metrics = Metrics::new(&database);
        Self(Arc::new(Parts {
            password_cache: PasswordCache::new(
                chance.as_ref(),
                config.passwords.cache_seconds,
                config.caches.passwords,
                metrics.cache("passwords"),
            ),
            tries: Tries::default(),
            guests: GuestLimiter::new(
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
            teller,
            database,
            clock,
            chance,
            config,
            public_url,
        }))
    }

    /// Lets other nodes know of what is committed here, from now on.
    pub fn tell_others(&self, teller: Teller) {
        let _ = self.teller.set(teller);
    }

    /// Another node committed something in a conversation.
    pub fn touched_elsewhere(&self, id: ConversationId) {
        self.hub.touched(id);
    }

    /// Other nodes may have committed anything.
    pub fn missed_others(&self) {
        self.hub.missed();
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
        self.guests.measure();
    }

    /// Hashes a password, away from the threads that serve requests.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String, ApiError> {
        let chance = Arc::clone(&self.chance);
        self.hashing(move || plauder_talk::password::hash(&password, chance.as_ref())).await
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
