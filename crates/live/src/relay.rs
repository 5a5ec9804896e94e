//! Other nodes on the same store: what is committed here wakes those who wait there, and the other way round. Only the
//! numbers of conversations travel; what happened is read from the store, by whoever has somebody waiting.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode_str;
use plauder_model::ConversationId;
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

/// Under which name what happened is told.
const SUBJECT: &str = "plauder.touched";

/// The word that stands for every conversation: somebody may have missed something.
const EVERYTHING: &[u8] = b"*";

/// How long it is waited for what is on its way when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long after the connection is back it is certain that what others say arrives.
const SETTLED: Duration = Duration::from_secs(1);

/// How many numbers travel in one message at the most.
const MAX_IDS: usize = 512;

/// How long it takes at the most to try again where NATS is not there.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// It cannot be told to other nodes what happens here.
#[derive(Debug, Error)]
#[error("cannot use NATS: {0}")]
pub struct RelayError(String);

/// The address of a NATS server: `nats://HOST:PORT` or `tls://HOST:PORT`, with `USER:PASSWORD@` or `TOKEN@` before the
/// host if the server asks for it. Its [`fmt::Display`] shows nothing of these: a token with
/// a colon in it looks like user and password.
#[derive(Clone)]
pub struct NatsUrl(ServerAddr);

/// A text that is not the address of a NATS server.
#[derive(Debug, Error)]
#[error("the NATS server has to be {}", NatsUrl::EXPECTED)]
pub struct NatsUrlError;

impl NatsUrl {
    /// What its text can be.
    pub const EXPECTED: &str = "nats://HOST:PORT or tls://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before the host, \
                                where special characters are percent-encoded, such as %40 for @";

    /// The options of a connection with what the address says of user, password and token: the client takes only host
    /// and port from it.
    fn authenticate(&self, options: ConnectOptions) -> ConnectOptions {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match (self.0.username(), self.0.password()) {
            (Some(user), Some(password)) => options.user_and_password(decoded(user), decoded(password)),
            (Some(token), None) => options.token(decoded(token)),
            (None, _) => options,
        }
    }
}

impl FromStr for NatsUrl {
    type Err = NatsUrlError;

    fn from_str(text: &str) -> Result<Self, NatsUrlError> {
        // A password that is not encoded may end the host: what follows it is a part of the password.
        let rest = ["nats://", "tls://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let is_plain = |rest: &str| rest.matches('@').count() <= 1 && !rest.contains(['/', '?', '#', '\\']);
        let is_known = rest.is_some_and(|rest| is_plain(rest.strip_suffix('/').unwrap_or(rest)));
        text.parse().ok().filter(|_| is_known).map(Self).ok_or(NatsUrlError)
    }
}

impl fmt::Display for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host();
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        write!(f, "{}://{host}:{}", self.0.scheme(), self.0.port())
    }
}

impl fmt::Debug for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The connection to other nodes.
pub struct Relay {
    client: Client,
    subscriber: Subscriber,
    outbox: UnboundedReceiver<ConversationId>,
    events: UnboundedReceiver<bool>,
}

/// Tells other nodes. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Publisher(UnboundedSender<ConversationId>);

impl Publisher {
    /// Something was committed in a conversation. Does not wait.
    pub fn publish(&self, id: ConversationId) {
        let _ = self.0.send(id);
    }
}

impl Relay {
    /// Connects, or begins to try: a NATS server that is not there yet keeps nobody from serving.
    ///
    /// # Errors
    /// If there is something wrong that trying again does not mend.
    pub async fn connect(url: &NatsUrl) -> Result<(Self, Publisher), RelayError> {
        let (connected, events) = unbounded_channel();
        let options = ConnectOptions::new()
            .name("plauder")
            .no_echo()
            .retry_on_initial_connect()
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(50).saturating_mul(1 << attempts.min(6)).min(LONGEST_PAUSE)
            })
            .event_callback(move |event| {
                let connected = connected.clone();
                async move {
                    match event {
                        // Where it is slow, words were dropped here: as if the connection had been away.
                        Event::Connected | Event::SlowConsumer(_) => drop(connected.send(true)),
                        Event::Disconnected => drop(connected.send(false)),
                        _ => {}
                    }
                }
            });
        let failed = |error: &dyn fmt::Display| RelayError(error.to_string());
        let client =
            url.authenticate(options).connect(url.0.clone()).await.map_err(|error| failed(&error))?;
        let subscriber = client.subscribe(SUBJECT).await.map_err(|error| failed(&error))?;
        let (notified, outbox) = unbounded_channel();
        Ok((Self { client, subscriber, outbox, events }, Publisher(notified)))
    }

    /// Passes on what is told here, and calls `touched` for what others tell, and `resync` when they may have told
    /// something that did not arrive. Runs until `stopped`.
    pub async fn run(
        mut self,
        touched: impl Fn(ConversationId),
        resync: impl Fn(),
        stopped: impl Future<Output = ()>,
    ) {
        tokio::pin!(stopped);
        let mut is_connected = false;
        let mut settled: Option<Instant> = None;
        let mut ids = Vec::new();
        loop {
            let settling = async move {
                match settled {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut stopped => break,
                count = self.outbox.recv_many(&mut ids, MAX_IDS) => {
                    if count == 0 {
                        break;
                    }
                    // While NATS is away nothing is kept for it: when it is back, everybody looks at everything.
                    if is_connected {
                        self.send(&ids).await;
                    }
                    ids.clear();
                }
                message = self.subscriber.next() => match message {
                    Some(message) if message.payload.as_ref() == EVERYTHING => resync(),
                    Some(message) => read(&message.payload).for_each(&touched),
                    None => break,
                },
                Some(connected) = self.events.recv() => {
                    is_connected = connected;
                    if connected {
                        tracing::info!("connected to NATS");
                        resync();
                        settled = Some(Instant::now() + SETTLED);
                    } else {
                        tracing::warn!("NATS is not there: messages of other nodes come late");
                    }
                }
                () = settling => {
                    // What was on its way when the connection broke is lost for others, and what they said before this
                    // one listened again is lost here.
                    settled = None;
                    resync();
                    let _ = self.client.publish(SUBJECT, EVERYTHING.into()).await;
                }
            }
        }
        // What was committed last is told too.
        while let Ok(id) = self.outbox.try_recv() {
            ids.push(id);
        }
        if is_connected {
            for some in ids.chunks(MAX_IDS) {
                self.send(some).await;
            }
            let _ = tokio::time::timeout(LAST_WORDS, self.client.flush()).await;
        }
    }

    async fn send(&self, ids: &[ConversationId]) {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        // Whoever cannot be told in time looks at everything when the connection is back.
        let said = tokio::time::timeout(LAST_WORDS, self.client.publish(SUBJECT, write(&ids).into())).await;
        if !matches!(said, Ok(Ok(()))) {
            tracing::warn!("cannot tell other nodes");
        }
    }
}

/// Numbers with a space between them.
fn write(ids: &[ConversationId]) -> Vec<u8> {
    ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(" ").into_bytes()
}

/// The numbers in a message; what is none is passed over.
fn read(payload: &[u8]) -> impl Iterator<Item = ConversationId> {
    let words = payload.split(|byte| *byte == b' ');
    words.filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok().map(ConversationId))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_do_not_show_their_credentials() {
        let shown = |text: &str| text.parse::<NatsUrl>().map(|url| url.to_string()).ok();
        assert_eq!(shown("nats://me:secret@host:4222").as_deref(), Some("nats://host:4222"));
        assert_eq!(shown("nats://token@host").as_deref(), Some("nats://host:4222"));
        assert_eq!(shown("nats://me:se%3Fcret@[::1]:4222/").as_deref(), Some("nats://[::1]:4222"));
        for text in
            ["nats://me:12/x@host", "nats://me:12?x@host", "nats://me:12#x@host", "nats://me:a@b@host"]
        {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_eq!(shown("tls://host").as_deref(), Some("tls://host:4222"));
        assert_eq!([shown("host:4222"), shown("http://host"), shown("")], [None, None, None]);
    }

    #[test]
    fn what_is_written_is_read() {
        let ids = [ConversationId(1), ConversationId(4711)];
        assert_eq!(read(&write(&ids)).collect::<Vec<_>>(), ids);
        assert_eq!(read(b"5 x \xff 6").collect::<Vec<_>>(), [ConversationId(5), ConversationId(6)]);
        assert_eq!(read(b"").count(), 0);
    }
}
