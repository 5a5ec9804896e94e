//! The connection to other nodes on the same store: a commit on one node wakes the clients that wait on the others.
//! NATS carries only the ids of conversations; a node whose clients wait reads the messages from the store.

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

/// The subject under which nodes publish the ids of changed conversations.
const SUBJECT: &str = "plauder.touched";

/// The payload that stands for all conversations: notifications may have been lost.
const EVERYTHING: &[u8] = b"*";

/// How long the relay waits for NATS to take its messages.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// How long after a reconnect the subscription is certain to be active.
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// The largest number of ids in one message.
const MAX_IDS: usize = 512;

/// The longest pause between two attempts to reconnect.
const MAX_RECONNECT_PAUSE: Duration = Duration::from_secs(2);

/// The relay cannot use NATS.
#[derive(Debug, Error)]
#[error("cannot use NATS: {0}")]
pub struct RelayError(String);

/// The address of a NATS server: `nats://HOST:PORT` or `tls://HOST:PORT`, with `USER:PASSWORD@` or `TOKEN@` before the
/// host if the server asks for it. Its [`fmt::Display`] omits all of these: a token with a colon in it looks like a
/// user and a password.
#[derive(Clone)]
pub struct NatsUrl(ServerAddr);

/// The text is not the address of a NATS server.
#[derive(Debug, Error)]
#[error("the NATS server has to be {}", NatsUrl::EXPECTED)]
pub struct NatsUrlError;

impl NatsUrl {
    /// A description of the accepted texts, for error messages.
    pub const EXPECTED: &str = "nats://HOST:PORT or tls://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before the host, \
                                where special characters are percent-encoded, such as %40 for @";

    /// Adds the user, password or token of the address to the options: the client takes only host and port from it.
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
        // A special character in a password that is not encoded would end the host part, so that a part of the password
        // became the host.
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
    events: UnboundedReceiver<ConnectionEvent>,
}

/// What happens to the connection.
enum ConnectionEvent {
    Connected,
    Disconnected,
    /// Messages of other nodes came faster than this node took them, and were dropped.
    LostMessages,
}

/// The resync that is due after messages may have been lost.
struct Settling {
    at: Instant,
    /// Whether the other nodes may have lost messages of this one, so that they have to resync too.
    tells_others: bool,
}

impl Settling {
    fn begin(tells_others: bool) -> Self {
        Self { at: Instant::now() + SETTLE_TIME, tells_others }
    }
}

/// Publishes commits to other nodes. A clone is a handle to the same relay.
#[derive(Clone)]
pub struct Publisher(UnboundedSender<ConversationId>);

impl Publisher {
    /// Publishes that a conversation has changed. Does not block.
    pub fn publish(&self, id: ConversationId) {
        let _ = self.0.send(id);
    }
}

impl Relay {
    /// Connects, or keeps trying in the background: the node serves requests while NATS is unreachable.
    ///
    /// # Errors
    /// Fails if the options or the subscription are refused. A server that is unreachable is no error.
    pub async fn connect(url: &NatsUrl) -> Result<(Self, Publisher), RelayError> {
        let (connected, events) = unbounded_channel();
        let options = ConnectOptions::new()
            .name("plauder")
            .no_echo()
            .retry_on_initial_connect()
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(50).saturating_mul(1 << attempts.min(6)).min(MAX_RECONNECT_PAUSE)
            })
            .event_callback(move |event| {
                let connected = connected.clone();
                async move {
                    match event {
                        Event::Connected => drop(connected.send(ConnectionEvent::Connected)),
                        Event::Disconnected => drop(connected.send(ConnectionEvent::Disconnected)),
                        Event::SlowConsumer(_) => drop(connected.send(ConnectionEvent::LostMessages)),
                        _ => {}
                    }
                }
            });
        let failed = |error: &dyn fmt::Display| RelayError(error.to_string());
        let client =
            url.authenticate(options).connect(url.0.clone()).await.map_err(|error| failed(&error))?;
        let subscriber = client.subscribe(SUBJECT).await.map_err(|error| failed(&error))?;
        let (publisher, outbox) = unbounded_channel();
        Ok((Self { client, subscriber, outbox, events }, Publisher(publisher)))
    }

    /// Sends the published ids to other nodes, and calls `changed` for the ids that other nodes send and `resync` when
    /// messages may have been lost. Runs until `stopped`, which has to come after the last commit of this node.
    pub async fn run(
        mut self,
        changed: impl Fn(ConversationId),
        resync: impl Fn(),
        stopped: impl Future<Output = ()>,
    ) {
        tokio::pin!(stopped);
        let mut is_connected = false;
        let mut due: Option<Settling> = None;
        let mut ids = Vec::new();
        loop {
            let settle_at = due.as_ref().map(|due| due.at);
            let settling = async move {
                match settle_at {
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
                    // Ids are dropped while NATS is unreachable: all nodes resync after the reconnect.
                    if is_connected && !self.send_ids(&ids).await {
                        due = Some(Settling::begin(true));
                    }
                    ids.clear();
                }
                message = self.subscriber.next() => match message {
                    Some(message) if message.payload.as_ref() == EVERYTHING => resync(),
                    Some(message) => decode(&message.payload).for_each(&changed),
                    None => break,
                },
                Some(event) = self.events.recv() => match event {
                    ConnectionEvent::Connected => {
                        is_connected = true;
                        tracing::info!("connected to NATS");
                        resync();
                        due = Some(Settling::begin(true));
                    }
                    ConnectionEvent::Disconnected => {
                        is_connected = false;
                        tracing::warn!("NATS is not there: messages of other nodes arrive late");
                    }
                    ConnectionEvent::LostMessages => {
                        due.get_or_insert_with(|| Settling::begin(false));
                    }
                },
                () = settling => {
                    // The other nodes have lost what this one sent while the connection broke, and this one has lost
                    // what the others sent before its subscription was active again.
                    let tells_others = due.take().is_some_and(|due| due.tells_others);
                    resync();
                    if tells_others && !self.send(EVERYTHING.to_vec()).await {
                        due = Some(Settling::begin(true));
                    }
                }
            }
        }
        // The last commits before the stop are published too.
        while let Ok(id) = self.outbox.try_recv() {
            ids.push(id);
        }
        if is_connected {
            for chunk in ids.chunks(MAX_IDS) {
                self.send_ids(chunk).await;
            }
            let _ = tokio::time::timeout(SEND_TIMEOUT, self.client.flush()).await;
        }
    }

    async fn send_ids(&self, ids: &[ConversationId]) -> bool {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        self.send(encode(&ids)).await
    }

    /// Returns whether NATS took the message in time. If not, the other nodes have to resync later.
    async fn send(&self, payload: Vec<u8>) -> bool {
        let sent = tokio::time::timeout(SEND_TIMEOUT, self.client.publish(SUBJECT, payload.into())).await;
        let is_sent = matches!(sent, Ok(Ok(())));
        if !is_sent {
            tracing::warn!("cannot publish to other nodes");
        }
        is_sent
    }
}

/// The ids as decimal numbers with a space between them.
fn encode(ids: &[ConversationId]) -> Vec<u8> {
    ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(" ").into_bytes()
}

/// The ids in a payload. Words that are no numbers are ignored.
fn decode(payload: &[u8]) -> impl Iterator<Item = ConversationId> {
    let words = payload.split(|byte| *byte == b' ');
    words.filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok().map(ConversationId))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_displayed_without_its_credentials() {
        let displayed = |text: &str| text.parse::<NatsUrl>().map(|url| url.to_string()).ok();
        assert_eq!(displayed("nats://me:secret@host:4222").as_deref(), Some("nats://host:4222"));
        assert_eq!(displayed("nats://token@host").as_deref(), Some("nats://host:4222"));
        assert_eq!(displayed("nats://me:se%3Fcret@[::1]:4222/").as_deref(), Some("nats://[::1]:4222"));
        for text in
            ["nats://me:12/x@host", "nats://me:12?x@host", "nats://me:12#x@host", "nats://me:a@b@host"]
        {
            assert_eq!(displayed(text), None, "{text}");
        }
        assert_eq!(displayed("tls://host").as_deref(), Some("tls://host:4222"));
        assert_eq!([displayed("host:4222"), displayed("http://host"), displayed("")], [None, None, None]);
    }

    #[test]
    fn encoded_ids_are_decoded() {
        let ids = [ConversationId(1), ConversationId(4711)];
        assert_eq!(decode(&encode(&ids)).collect::<Vec<_>>(), ids);
        assert_eq!(decode(b"5 x \xff 6").collect::<Vec<_>>(), [ConversationId(5), ConversationId(6)]);
        assert_eq!(decode(b"").count(), 0);
    }
}
