//! Requests that wait for messages, and who tells them apart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use tokio::task::JoinSet;

use crate::Failed;
use crate::api::{self, Account, Call, Version};
use crate::client::Connection;
use crate::measure::Errors;
use crate::target::Server;
use crate::world;

/// How quick a server answers that has nothing else to do.
const QUIET: Duration = Duration::from_millis(20);

/// Some conversations and those who are in all of them; a new message in one reaches all who wait there.
#[derive(Debug, Clone)]
pub(crate) struct Rooms {
    /// The people. The first one has made the conversations.
    pub(crate) people: Vec<Arc<Account>>,
    /// The conversations.
    pub(crate) tokens: Arc<Vec<String>>,
    /// The last message of each, as far as it is known here.
    pub(crate) last: Vec<i64>,
}

impl Rooms {
    /// Makes them, each with a first message.
    pub(crate) async fn make(server: &Server, count: u64, accounts: u64) -> Result<Self, Failed> {
        let people = world::accounts(server, accounts).await?;
        let tokens = Arc::new(world::conversations(server, &people, count).await?);
        let mut rooms = Self { people, last: vec![0; tokens.len()], tokens };
        let mut writer = Connection::to(&server.site);
        for room in 0..rooms.tokens.len() {
            rooms.say(&mut writer, room).await?;
        }
        Ok(rooms)
    }

    /// Writes a message into a conversation.
    pub(crate) async fn say(&mut self, writer: &mut Connection, room: usize) -> Result<Post, Failed> {
        let sent = Instant::now();
        let answer = Call::say(&self.tokens[room], &world::text(0)).send(writer, &self.people[0]).await?;
        let answered = Instant::now();
        let id = api::message_id(&answer)?;
        self.last[room] = id;
        Ok(Post { id, sent, answered })
    }

    /// How many bytes an answer is that brings one message.
    pub(crate) async fn answer_size(&self, server: &Server) -> Result<usize, Failed> {
        let before = self.last[0] - 1;
        let call = Call::wait(&self.tokens[0], before);
        Ok(call.send(&mut Connection::to(&server.site), &self.people[0]).await?.size())
    }

    /// So many connections, open, one after the other for the next conversation.
    pub(crate) async fn waiters(&self, server: &Server, count: u64) -> Result<Vec<Waiter>, Failed> {
        let mut waiters = Vec::new();
        for at in 0..count {
            let mut connection = Connection::to(&server.site);
            connection.open().await?;
            let room = usize::try_from(at)? % self.tokens.len();
            let account = world::pick(&self.people, at / self.tokens.len() as u64);
            waiters.push(Waiter { connection, account, room, token: self.tokens[room].clone() });
        }
        Ok(waiters)
    }
}

/// A message that was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Post {
    /// Its id.
    pub(crate) id: i64,
    /// When it was sent, or should have been.
    pub(crate) sent: Instant,
    /// When that was acknowledged.
    pub(crate) answered: Instant,
}

/// Somebody who waits for messages of a conversation, on a connection of their own.
#[derive(Debug)]
pub(crate) struct Waiter {
    connection: Connection,
    account: Arc<Account>,
    /// For which conversation, by its place.
    pub(crate) room: usize,
    token: String,
}

/// Messages that reached somebody.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// Their ids.
    pub(crate) ids: Vec<i64>,
    /// Until where they have read then.
    pub(crate) last: i64,
    /// When.
    pub(crate) at: Instant,
}

impl Waiter {
    /// Waits for what comes after a message.
    pub(crate) async fn wait(&mut self, last_known: i64) -> Result<Receipt, Failed> {
        let answer = Call::wait(&self.token, last_known).send(&mut self.connection, &self.account).await?;
        let at = Instant::now();
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(Receipt { ids: Vec::new(), last: last_known, at });
        }
        Ok(Receipt { ids: api::message_ids(&answer)?, last: api::last_given(&answer)?, at })
    }
}

/// Everybody who waits, each in a task.
pub(crate) struct WaiterGroup {
    tasks: JoinSet<(Waiter, Vec<Receipt>, Errors)>,
    /// The last message that each conversation ends with, once that is known; a waiter that got a later one stops.
    ends: Arc<OnceLock<Vec<i64>>>,
    begun: Arc<AtomicU64>,
}

impl WaiterGroup {
    /// Lets everybody wait for what comes after the last message that is known. A waiter that gets an answer waits again at
    /// once, until [`WaiterGroup::end`].
    pub(crate) fn wait(waiters: Vec<Waiter>, last: &[i64]) -> Self {
        let (mut tasks, ends, begun) =
            (JoinSet::new(), Arc::new(OnceLock::new()), Arc::new(AtomicU64::new(0)));
        for mut waiter in waiters {
            let (mut last, ends, begun) = (last[waiter.room], Arc::clone(&ends), Arc::clone(&begun));
            tasks.spawn(async move {
                let (mut arrivals, mut errors) = (Vec::new(), Errors::default());
                begun.fetch_add(1, Ordering::Relaxed);
                loop {
                    match waiter.wait(last).await {
                        Ok(arrival) => {
                            last = arrival.last;
                            arrivals.push(arrival);
                        }
                        Err(error) => {
                            errors.note(&error);
                            if errors.count >= MAX_ERRORS {
                                return (waiter, arrivals, errors);
                            }
                        }
                    }
                    if ends.get().is_some_and(|ends: &Vec<i64>| last >= ends[waiter.room]) {
                        return (waiter, arrivals, errors);
                    }
                }
            });
        }
        Self { tasks, ends, begun }
    }

    /// Returns when everybody waits: when all have sent their request, and the server is quiet again.
    pub(crate) async fn settle(&self, server: &Server, account: &Account) -> Result<(), Failed> {
        while self.begun.load(Ordering::Relaxed) < self.tasks.len() as u64 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut connection = Connection::to(&server.site);
        let mut quiet = 0;
        while quiet < 3 {
            let asked = Instant::now();
            Call::list(Version::V2).send(&mut connection, account).await?;
            quiet = if asked.elapsed() < QUIET { quiet + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Tells with which message each conversation ends. A waiter that has it already goes on until the next one.
    pub(crate) fn end(&self, last: Vec<i64>) {
        let _ = self.ends.set(last);
    }

    /// Waits until everybody has stopped.
    pub(crate) async fn join_all(mut self) -> Result<(Vec<Waiter>, Vec<(usize, Receipt)>, Errors), Failed> {
        let (mut waiters, mut all, mut errors) = (Vec::new(), Vec::new(), Errors::default());
        while let Some(done) = self.tasks.join_next().await {
            let (waiter, arrivals, wrong) = done?;
            all.extend(arrivals.into_iter().map(|arrival| (waiter.room, arrival)));
            errors.add(wrong);
            waiters.push(waiter);
        }
        Ok((waiters, all, errors))
    }
}

/// The number of refusals after which a waiter stops.
const MAX_ERRORS: u64 = 3;

/// A message on its way to one who waited for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery {
    /// Which message it was.
    pub(crate) post: Post,
    /// When it arrived.
    pub(crate) at: Instant,
}

impl Delivery {
    /// How long it took since it was sent.
    pub(crate) fn since_sent(&self) -> Duration {
        self.at.saturating_duration_since(self.post.sent)
    }

    /// How long it took since it was acknowledged; it may arrive before that.
    pub(crate) fn since_answered(&self) -> Duration {
        self.at.saturating_duration_since(self.post.answered)
    }
}

/// Which of the messages that were written arrived when. Each has to arrive once at each of the waiters of its
/// conversation; those that did not are errors.
pub(crate) fn deliveries(
    posts: &[(usize, Post)],
    arrivals: &[(usize, Receipt)],
    waiters: &[Waiter],
    errors: &mut Errors,
) -> Vec<Delivery> {
    let known: HashMap<i64, Post> = posts.iter().map(|(_, post)| (post.id, *post)).collect();
    let mut deliveries = Vec::new();
    for (_, arrival) in arrivals {
        let posts = arrival.ids.iter().filter_map(|id| known.get(id));
        deliveries.extend(posts.map(|post| Delivery { post: *post, at: arrival.at }));
    }
    let mut listeners: HashMap<usize, usize> = HashMap::new();
    for waiter in waiters {
        *listeners.entry(waiter.room).or_default() += 1;
    }
    let expected: usize = posts.iter().map(|(room, _)| listeners.get(room).copied().unwrap_or(0)).sum();
    if deliveries.len() != expected {
        let arrived = deliveries.len();
        errors.note(&format!("{arrived} messages arrived, {expected} should have"));
    }
    deliveries
}
