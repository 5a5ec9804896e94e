//! What a server does all day: one message to twenty lists, while everybody waits for what comes.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failed;
use crate::api::{Call, Version};
use crate::bench::{Bench, NamedSubject};
use crate::client::Connection;
use crate::measure::{Errors, Figure, Latencies, Measuring, RATE, Round, Subject, number};
use crate::target::Server;
use crate::waiters::{Post, Rooms, Waiter, WaiterGroup, deliveries};
use crate::world;

use super::poll::end;

/// How many lists come with each message.
const LISTS: u64 = 20;

/// Measures it.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let rooms = options.or(options.rooms, 10, 2);
    let accounts = options.or(options.accounts, 10, 2);
    let waiters = options.or(options.waiters, rooms * accounts, rooms * accounts);
    let connections = options.connections(16);
    let mut subjects: Vec<NamedSubject> = Vec::new();
    for (name, server) in bench.servers()? {
        bench.tell("mix", &format!("preparing {name}"));
        let created = Rooms::make(&server, rooms, accounts).await?;
        let waiters = created.waiters(&server, waiters).await?;
        subjects.push((name.to_owned(), Box::new(Mix { server, rooms: created, waiters, connections })));
    }
    let title = format!(
        "1 message : {LISTS} lists, {connections} connections, {waiters} wait in {rooms} conversations"
    );
    bench.alternate("mix", &title, &[RATE], subjects).await
}

struct Mix {
    server: Server,
    rooms: Rooms,
    waiters: Vec<Waiter>,
    connections: usize,
}

/// What one connection did.
#[derive(Default)]
struct PhaseResult {
    lists: Latencies,
    writes: Latencies,
    posts: Vec<(usize, Post)>,
    errors: Errors,
}

impl Mix {
    async fn measure(&mut self, length: Duration) -> Result<Round, Failed> {
        let group = WaiterGroup::wait(std::mem::take(&mut self.waiters), &self.rooms.last);
        group.settle(&self.server, &self.rooms.people[0]).await?;
        let begun = Instant::now();
        let mut workers = JoinSet::new();
        for worker in 0..self.connections {
            let connection = Connection::to(&self.server.site);
            workers.spawn(work(connection, self.rooms.clone(), worker, begun + length));
        }
        let mut all = PhaseResult::default();
        while let Some(worker) = workers.join_next().await {
            let done = worker?;
            all.lists.add(&done.lists);
            all.writes.add(&done.writes);
            all.posts.extend(done.posts);
            all.errors.add(done.errors);
        }
        let elapsed = begun.elapsed();
        end(&self.server, &mut self.rooms, &group).await?;
        let (waiters, arrivals, wrong) = group.join_all().await?;
        all.errors.add(wrong);
        let mut delays = Latencies::default();
        for delivery in deliveries(&all.posts, &arrivals, &waiters, &mut all.errors) {
            delays.note(delivery.since_sent());
        }
        self.waiters = waiters;
        let requests = all.lists.count() + all.writes.count();
        let figures = vec![
            Figure { name: RATE, unit: "1/s", value: number(requests) / elapsed.as_secs_f64() },
            Figure::ms("list p50", all.lists.percentile(50.0)),
            Figure::ms("list p99", all.lists.percentile(99.0)),
            Figure::ms("post p50", all.writes.percentile(50.0)),
            Figure::ms("post p99", all.writes.percentile(99.0)),
            Figure::ms("delivery p50", delays.percentile(50.0)),
            Figure::ms("delivery p99", delays.percentile(99.0)),
        ];
        Ok(Round { figures, count: requests + delays.count(), errors: all.errors })
    }
}

impl Subject for Mix {
    fn round(&mut self, length: Duration) -> Measuring<'_> {
        Box::pin(self.measure(length))
    }
}

/// Writes a message and asks for lists, until it is over.
async fn work(mut connection: Connection, mut rooms: Rooms, worker: usize, until: Instant) -> PhaseResult {
    let mut done = PhaseResult::default();
    let mut at = worker;
    while Instant::now() < until {
        let room = at % rooms.tokens.len();
        match rooms.say(&mut connection, room).await {
            Ok(post) => {
                done.writes.note(post.answered - post.sent);
                done.posts.push((room, post));
            }
            Err(error) => done.errors.note(&error),
        }
        for list in 0..LISTS {
            let account = world::pick(&rooms.people, at as u64 + list);
            let sent = Instant::now();
            match Call::list(Version::V2).send(&mut connection, &account).await {
                Ok(_) => done.lists.note(sent.elapsed()),
                Err(error) => done.errors.note(&error),
            }
        }
        at += 1;
    }
    done
}
