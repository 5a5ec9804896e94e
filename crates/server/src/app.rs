//! What every request works with.

use std::ops::Deref;
use std::sync::{Arc, Mutex as StdMutex, OnceLock};
use std::time::Duration;

use ipnet::IpNet;
use plauder_live::Queue;
use plauder_live::relay::Teller;
use plauder_model::{Chance, Clock, ConversationId, Timestamp};
use plauder_ocs::Failure;
use plauder_store::Database;
use tokio::sync::{Mutex, Semaphore, watch};

use crate::caller::guests::Guests;
use crate::caller::memory::Memory;
use crate::caller::tries::Tries;
use crate::connection_counts::ConnectionCounts;
use crate::delivery::{Hub, KnownTokens};
use crate::error::ApiError;
use crate::kept_rooms::KeptRooms;
use crate::mail_counts::MailCounts;
use crate::metrics::Metrics;
use crate::representation::v2;
use crate::waiting::Tickets;

/// What an operator can choose of the server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Proxies whose word about whom they speak for is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How short a password may be, in characters.
    pub password_min_length: usize,
    /// How long a password that was right is remembered, in seconds; 0: not at all.
    pub password_memory_seconds: i64,
    /// How many guests may come online from one address in a minute; 0: any number.
    pub guest_joins_per_minute: u32,
    /// How many requests of guests from one address may wait for messages at once; 0: any number.
    pub guest_waits: u32,
    /// How long the whole body of a request may take to come.
    pub body_time: Duration,
    /// How people reach the server, without a slash at the end: what links in mails begin with.
    pub public_url: String,
    /// Whether mails are sent: else none should be put into the outbox.
    pub mail: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            password_min_length: plauder_talk::password::MIN_LENGTH,
            password_memory_seconds: 300,
            guest_joins_per_minute: 120,
            guest_waits: 500,
            body_time: Duration::from_mins(2),
            public_url: "http://127.0.0.1:8080".to_owned(),
            mail: false,
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
    pub(crate) guests: Guests,
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
    /// How conversations look in API v2, as people saw them last.
    pub(crate) kept_rooms: KeptRooms<v2::Room>,
    /// Who was let in to wait a moment ago.
    pub(crate) tickets: Tickets,
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
    /// An app on an open store. `stop` turns true when the server is told to stop; what waits ends then.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        config: Config,
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
        Self(Arc::new(Parts {
            memory: Memory::new(chance.as_ref(), config.password_memory_seconds),
            tries: Tries::default(),
            guests: Guests::new(config.guest_joins_per_minute, config.guest_waits),
            metrics: Metrics::new(&database),
            hashers: Arc::new(Semaphore::new(cores)),
            stop,
            last_ready: Mutex::default(),
            hub,
            queue: StdMutex::new(Some(queue)),
            known_tokens: KnownTokens::default(),
            kept_rooms: KeptRooms::default(),
            tickets: Tickets::default(),
            teller,
            database,
            clock,
            chance,
            config,
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
