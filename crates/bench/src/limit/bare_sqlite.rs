//! The rows of a message, written into a bare SQLite: one thread that writes takes what has gathered, commits all of it,
//! and then tells those who wait.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::Failed;
use crate::measure::{Errors, Latencies, Measuring, Round, Subject};
use crate::world;

/// The maximum number of rows in one commit.
const BATCH: usize = 256;

/// The tables as far as a message touches them, with as many columns and indexes.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id BIGINT NOT NULL, kind TEXT NOT NULL,
        ordinal BIGINT NOT NULL, created_at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_account BIGINT,
        actor_id TEXT NOT NULL, actor_name TEXT NOT NULL, text TEXT NOT NULL, details TEXT NOT NULL,
        reference_id TEXT NOT NULL, parent_id BIGINT
    );
    CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY, last_message_id BIGINT NOT NULL, last_activity BIGINT NOT NULL, written BIGINT NOT NULL
    );
    CREATE TABLE attendees (
        id INTEGER PRIMARY KEY, conversation_id BIGINT NOT NULL, account_id BIGINT NOT NULL,
        last_read_message BIGINT NOT NULL, read_ordinal BIGINT NOT NULL, UNIQUE (conversation_id, account_id)
    );
    INSERT INTO conversations VALUES (1, 0, 0, 0);
";

const MESSAGE: &str = "INSERT INTO messages (conversation_id, kind, ordinal, created_at, actor_kind, actor_account,
    actor_id, actor_name, text, details, reference_id) VALUES (1, 'comment', ?1, 1800000000, 'users', ?2, '', '', ?3,
    '{}', '')";
const CONVERSATION: &str =
    "UPDATE conversations SET last_message_id = ?1, last_activity = 1800000000, written = ?2 WHERE id = 1";
const SEAT: &str = "UPDATE attendees SET last_read_message = ?1, read_ordinal = ?2 WHERE id = ?3";

/// Who waits for a message to be durable: its number, and whom to tell.
type Write = (u64, oneshot::Sender<()>);

/// A store without a server.
pub(crate) struct BareSqlite {
    path: PathBuf,
    producers: usize,
    members: u64,
    _folder: TempDir,
}

impl BareSqlite {
    /// A new store in which a conversation has `members`; so many `producers` each wait for a message at a time.
    pub(crate) fn new(producers: usize, members: u64) -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("plauder-bench-").tempdir()?;
        let path = folder.path().join("bare.db");
        let connection = Connection::open(&path)?;
        connection.execute_batch(SCHEMA)?;
        for member in 1..=members {
            connection.execute("INSERT INTO attendees VALUES (?1, 1, ?1, 0, 0)", [i64::try_from(member)?])?;
        }
        Ok(Self { path, producers, members, _folder: folder })
    }

    async fn measure(&self, length: Duration) -> Result<Round, Failed> {
        let (wish, wishes) = channel();
        let writer = self.writer(wishes)?;
        let begun = Instant::now();
        let mut producers = JoinSet::new();
        for _ in 0..self.producers {
            producers.spawn(produce(wish.clone(), begun, length));
        }
        drop(wish);
        let (mut latencies, mut errors, mut last) = (Latencies::default(), Errors::default(), begun);
        while let Some(producer) = producers.join_next().await {
            let (noted, until) = producer?;
            latencies.add(&noted);
            last = last.max(until);
        }
        // Nobody is left to wish for anything: it ends by itself.
        match tokio::task::spawn_blocking(|| writer.join()).await? {
            Ok(Ok(())) => {}
            Ok(Err(error)) => errors.note(&error),
            Err(_) => errors.note("the writer panicked"),
        }
        Ok(Round::from_requests(&latencies, last - begun, errors))
    }

    fn writer(&self, wishes: Receiver<Write>) -> Result<JoinHandle<rusqlite::Result<()>>, Failed> {
        let connection = Connection::open(&self.path)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let members = self.members.max(1);
        Ok(thread::spawn(move || write(&connection, &wishes, members)))
    }
}

impl Subject for BareSqlite {
    fn round(&mut self, length: Duration) -> Measuring<'_> {
        Box::pin(self.measure(length))
    }
}

/// Wishes for one message after the other.
async fn produce(wish: Sender<Write>, begun: Instant, length: Duration) -> (Latencies, Instant) {
    let (mut latencies, mut last, mut at) = (Latencies::default(), begun, 0);
    while begun.elapsed() < length {
        let (tell, notified) = oneshot::channel();
        let sent = Instant::now();
        if wish.send((at, tell)).is_err() || notified.await.is_err() {
            break;
        }
        last = Instant::now();
        latencies.note(last - sent);
        at += 1;
    }
    (latencies, last)
}

fn write(connection: &Connection, wishes: &Receiver<Write>, members: u64) -> rusqlite::Result<()> {
    let mut comment_index: i64 =
        connection.query_row("SELECT written FROM conversations", [], |row| row.get(0))?;
    let mut message = connection.prepare(MESSAGE)?;
    let mut conversation = connection.prepare(CONVERSATION)?;
    let mut seat = connection.prepare(SEAT)?;
    while let Ok(first) = wishes.recv() {
        let mut written = Vec::new();
        let mut next = Some(first);
        connection.execute_batch("BEGIN IMMEDIATE")?;
        while let Some((at, tell)) = next.take() {
            comment_index += 1;
            let account = i64::try_from(at % members).unwrap_or_default() + 1;
            message.execute(params![comment_index, account, world::text(at)])?;
            let id = connection.last_insert_rowid();
            conversation.execute([id, comment_index])?;
            seat.execute([id, comment_index, account])?;
            written.push(tell);
            if written.len() < BATCH {
                next = wishes.try_recv().ok();
            }
        }
        connection.execute_batch("COMMIT")?;
        for tell in written {
            // The receiver may be gone.
            let _ = tell.send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_acknowledged_is_there() {
        let mut bare = BareSqlite::new(8, 3).unwrap();
        let round = bare.round(Duration::from_millis(20)).await.unwrap();
        assert_eq!(round.errors.count, 0);
        let connection = Connection::open(&bare.path).unwrap();
        let count: i64 = connection.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap();
        assert_eq!(u64::try_from(count).unwrap(), round.count);
        assert!(count > 0);
    }
}
