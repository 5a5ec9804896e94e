//! The same bytes to everybody, over bare connections: what it costs to wake so many.
//!
//! A connection says in its first byte what it is. One who waits is told when they are known, and gets bytes when
//! somebody triggers that; the trigger is answered first.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::Failed;
use crate::measure::{Errors, Measuring, Round, Subject};
use crate::target::{Process, site_in};
use crate::waiters::{Delivery, Post};
use crate::workloads::poll::one_message_round;

const WAITS: u8 = b'w';
const TRIGGERS: u8 = b't';

/// Connections that are written to all at once.
pub(crate) struct WakeUps {
    process: Process,
    bytes: usize,
    count: u64,
}

impl WakeUps {
    /// So many connections, each of which gets so many bytes.
    pub(crate) fn start(count: u64, bytes: usize) -> Result<Self, Failed> {
        let process = super::start(&["wake-ups", &bytes.to_string()])?;
        Ok(Self { process, bytes, count })
    }

    async fn connect(&self, who: u8) -> Result<TcpStream, Failed> {
        let mut stream = TcpStream::connect(&site_in(&self.process.greeting)?.authority).await?;
        stream.set_nodelay(true)?;
        stream.set_zero_linger()?;
        stream.write_u8(who).await?;
        Ok(stream)
    }

    async fn measure(&self) -> Result<Round, Failed> {
        let mut trigger = self.connect(TRIGGERS).await?;
        let mut tasks = JoinSet::new();
        for _ in 0..self.count {
            let (mut stream, mut bytes) = (self.connect(WAITS).await?, vec![0; self.bytes]);
            stream.read_u8().await?;
            tasks.spawn(async move {
                let read = stream.read_exact(&mut bytes).await;
                let at = Instant::now();
                // Given back, to be closed when nobody measures any more.
                read.map(|_| (at, stream))
            });
        }
        // Until everybody waits.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let sent = Instant::now();
        trigger.write_u8(TRIGGERS).await?;
        trigger.read_u8().await?;
        let post = Post { id: 0, sent, answered: Instant::now() };
        let (mut deliveries, mut errors, mut streams) = (Vec::new(), Errors::default(), Vec::new());
        while let Some(task) = tasks.join_next().await {
            match task? {
                Ok((at, stream)) => {
                    deliveries.push(Delivery { post, at });
                    streams.push(stream);
                }
                Err(error) => errors.note(&error),
            }
        }
        Ok(one_message_round(&deliveries, errors))
    }
}

impl Subject for WakeUps {
    fn round(&mut self, _length: Duration) -> Measuring<'_> {
        Box::pin(self.measure())
    }
}

type HeldStreams = Arc<Mutex<Vec<Arc<TcpStream>>>>;

/// Holds connections, and writes `bytes` to each of them when it is triggered.
pub(super) async fn serve(listener: TcpListener, bytes: usize) -> Result<(), Failed> {
    let (held, mut triggers) = (HeldStreams::default(), JoinSet::new());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (mut stream, _) = accepted?;
                stream.set_nodelay(true)?;
                match stream.read_u8().await? {
                    WAITS => {
                        stream.write_u8(WAITS).await?;
                        held.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(stream));
                    }
                    _ => drop(triggers.spawn(trigger(stream, Arc::clone(&held), bytes))),
                }
            }
            Some(ended) = triggers.join_next() => ended?,
        }
    }
}

/// Answers triggers until there are no more. On each all are written to, by as many tasks as there are cores.
async fn trigger(mut stream: TcpStream, held: HeldStreams, bytes: usize) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    while stream.read_u8().await.is_ok() {
        let all = std::mem::take(&mut *held.lock().unwrap_or_else(PoisonError::into_inner));
        if stream.write_u8(TRIGGERS).await.is_err() {
            return;
        }
        let mut parts = JoinSet::new();
        for part in all.chunks(all.len().div_ceil(cores).max(1)) {
            parts.spawn(write_all(part.to_vec(), vec![0; bytes]));
        }
        while parts.join_next().await.is_some() {}
    }
}

/// Writes to one after the other. Those who left are passed over.
async fn write_all(streams: Vec<Arc<TcpStream>>, bytes: Vec<u8>) {
    for stream in streams {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match stream.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    if stream.writable().await.is_err() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
    }
}
