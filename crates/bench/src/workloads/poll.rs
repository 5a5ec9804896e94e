//! Waiting for messages: how long it takes until everybody has one that was just written, and whether everybody keeps up
//! with many a second.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failed;
use crate::bench::{Bench, LIMIT, NamedSubject};
use crate::client::Connection;
use crate::limit::wake_ups::WakeUps;
use crate::load::Pace;
use crate::measure::{Errors, Figure, Latencies, Measuring, Round, Schedule, Subject, number};
use crate::target::{Memory, Server, work_of};
use crate::waiters::{Delivery, Post, Rooms, Waiter, WaiterGroup, deliveries};

/// How many messages may be on their way to the server at the same time.
const WRITERS: usize = 32;

/// What is compared where one message reaches everybody.
const COMPARED: [&str; 2] = ["last, since sent", "last, since answered"];

/// Measures one message that reaches everybody; and many a second, where a rate is given or everything is measured.
pub(crate) async fn run(bench: &mut Bench, everything: bool) -> Result<(), Failed> {
    if bench.options.rate.is_none() || everything {
        one_message(bench).await?;
    }
    if bench.options.rate.is_some() || everything {
        many_a_second(bench).await?;
    }
    Ok(())
}

async fn one_message(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let waiters = options.or(options.waiters, 1000, 20);
    let rooms = options.or(options.rooms, 1, 1);
    let accounts = options.or(options.accounts, 10, 2);
    let mut subjects: Vec<NamedSubject> = Vec::new();
    let mut size = 0;
    for (name, server) in bench.servers()? {
        bench.tell("poll", &format!("preparing {name}"));
        let created = Rooms::make(&server, rooms, accounts).await?;
        if subjects.is_empty() {
            size = created.answer_size(&server).await?;
        }
        let poll = OneMessage { rooms: created, count: waiters, is_used: false, memory: None, server };
        subjects.push((name.to_owned(), Box::new(poll)));
    }
    if !options.no_limits {
        subjects.push((LIMIT.to_owned(), Box::new(WakeUps::start(waiters, size)?)));
    }
    let title = format!("one message to {waiters} who wait in {rooms} conversations of {accounts} accounts");
    bench.alternate("poll", &title, &COMPARED, subjects).await
}

/// One message in each conversation, while everybody waits.
struct OneMessage {
    server: Server,
    rooms: Rooms,
    count: u64,
    /// Whether a round was measured before: memory that was given back is not told from memory that is free.
    is_used: bool,
    /// What the server took more of memory for each who waits, in the first round, in bytes.
    memory: Option<f64>,
}

impl OneMessage {
    fn memory_now(&self) -> Result<Option<Memory>, Failed> {
        self.server.process.as_ref().map(crate::target::Process::memory).transpose()
    }

    async fn measure(&mut self) -> Result<Round, Failed> {
        let before = if self.is_used { None } else { self.memory_now()? };
        self.is_used = true;
        // They are gone after each round, so that the server that takes turns with this one can have as many.
        let waiters = self.rooms.waiters(&self.server, self.count).await?;
        let group = WaiterGroup::wait(waiters, &self.rooms.last);
        group.settle(&self.server, &self.rooms.people[0]).await?;
        if let Some((before, now)) = before.zip(self.memory_now()?) {
            let more = now.best().saturating_sub(before.best());
            self.memory = Some(number(more) / number(self.count) / 1024.0);
        }
        // Whatever comes next is the last.
        group.end(self.rooms.last.iter().map(|last| last + 1).collect());
        let mut writer = Connection::to(&self.server.site);
        writer.open().await?;
        let mut posts = Vec::new();
        for room in 0..self.rooms.tokens.len() {
            posts.push((room, self.rooms.say(&mut writer, room).await?));
        }
        let (waiters, arrivals, mut errors) = group.join_all().await?;
        let found = deliveries(&posts, &arrivals, &waiters, &mut errors);
        let mut round = one_message_round(&found, errors);
        let unit = "KiB";
        round.figures.extend(self.memory.map(|value| Figure { name: "memory of each", unit, value }));
        Ok(round)
    }
}

/// The figures of one message that reached everybody.
pub(crate) fn one_message_round(deliveries: &[Delivery], errors: Errors) -> Round {
    let (mut sent, mut answered) = (Latencies::default(), Latencies::default());
    for delivery in deliveries {
        sent.note(delivery.since_sent());
        answered.note(delivery.since_answered());
    }
    let figures = vec![
        Figure::ms("last, since answered", answered.longest()),
        Figure::ms("p50, since answered", answered.percentile(50.0)),
        Figure::ms("p99, since answered", answered.percentile(99.0)),
        Figure::ms("last, since sent", sent.longest()),
        Figure::ms("p50, since sent", sent.percentile(50.0)),
        Figure::ms("p99, since sent", sent.percentile(99.0)),
    ];
    Round { figures, count: deliveries.len() as u64, errors }
}

impl Subject for OneMessage {
    fn round(&mut self, _length: Duration) -> Measuring<'_> {
        Box::pin(self.measure())
    }
}

async fn many_a_second(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let rooms = options.or(options.rooms, 50, 2);
    let waiters = options.or(options.waiters, 10_000, 10);
    let accounts = options.or(options.accounts, 10, 2);
    let rate = options.rate.unwrap_or(200.0);
    let mut subjects: Vec<NamedSubject> = Vec::new();
    for (name, server) in bench.servers()? {
        bench.tell("poll", &format!("preparing {name}"));
        let created = Rooms::make(&server, rooms, accounts).await?;
        let waiters = created.waiters(&server, waiters).await?;
        subjects.push((name.to_owned(), Box::new(ManyASecond { server, rooms: created, waiters, rate })));
    }
    let title = format!(
        "{rate} messages a second to {waiters} who wait in {rooms} conversations of {accounts} accounts"
    );
    let length = if options.seconds.is_some() { options.length() } else { options.length() * 3 };
    bench.alternate_for("poll", &title, &["deliveries", "p50"], length, subjects).await
}

/// Messages at a given rate, in one conversation after the other, while everybody waits and waits again at once.
struct ManyASecond {
    server: Server,
    rooms: Rooms,
    waiters: Vec<Waiter>,
    rate: f64,
}

impl ManyASecond {
    async fn measure(&mut self, length: Duration) -> Result<Round, Failed> {
        let group = WaiterGroup::wait(std::mem::take(&mut self.waiters), &self.rooms.last);
        group.settle(&self.server, &self.rooms.people[0]).await?;
        let schedule = Schedule::new(self.rate, length);
        let work = || self.server.process.as_ref().and_then(|process| work_of(process.id()));
        let (begun, before) = (Instant::now(), work());
        let (posts, mut errors) = write_at(&self.server, &self.rooms, Pace::new(schedule, begun)).await?;
        end(&self.server, &mut self.rooms, &group).await?;
        let (waiters, arrivals, wrong) = group.join_all().await?;
        let after = work();
        errors.add(wrong);
        let found = deliveries(&posts, &arrivals, &waiters, &mut errors);
        self.waiters = waiters;
        let written: HashSet<i64> = posts.iter().map(|(_, post)| post.id).collect();
        let answers =
            arrivals.iter().filter(|(_, arrival)| arrival.ids.iter().any(|id| written.contains(id)));
        let answers = number(answers.count().max(1) as u64);
        let mut round = many_a_second_round(&found, begun, length, errors);
        // Who is slow to ask again gets several at once.
        let together = number(round.count) / answers;
        round.figures.push(Figure { name: "messages an answer", unit: "", value: together });
        round.figures.extend(Figure::work(before, after, round.count));
        Ok(round)
    }
}

impl Subject for ManyASecond {
    fn round(&mut self, length: Duration) -> Measuring<'_> {
        Box::pin(self.measure(length))
    }
}

/// Ends what everybody waits for: tells the last messages, and writes one more.
pub(crate) async fn end(server: &Server, rooms: &mut Rooms, group: &WaiterGroup) -> Result<(), Failed> {
    let mut writer = Connection::to(&server.site);
    for room in 0..rooms.tokens.len() {
        rooms.say(&mut writer, room).await?;
    }
    group.end(rooms.last.clone());
    // For waiters that had that one before its end was known.
    for room in 0..rooms.tokens.len() {
        rooms.say(&mut writer, room).await?;
    }
    Ok(())
}

/// Writes messages when they are due. They count as sent then, whether there was somebody to send them or not.
async fn write_at(
    server: &Server,
    rooms: &Rooms,
    pace: Pace,
) -> Result<(Vec<(usize, Post)>, Errors), Failed> {
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (mut connection, mut rooms, pace) = (Connection::to(&server.site), rooms.clone(), pace.clone());
        writers.spawn(async move {
            let (mut posts, mut errors) = (Vec::new(), Errors::default());
            while let Some(at) = pace.next().await {
                let room = usize::try_from(at).unwrap_or_default() % rooms.tokens.len();
                match rooms.say(&mut connection, room).await {
                    Ok(post) => posts.push((room, Post { sent: pace.begun + pace.schedule.due(at), ..post })),
                    Err(error) => errors.note(&error),
                }
            }
            (posts, errors)
        });
    }
    let (mut posts, mut errors) = (Vec::new(), Errors::default());
    while let Some(writer) = writers.join_next().await {
        let (mut more, wrong) = writer?;
        posts.append(&mut more);
        errors.add(wrong);
    }
    Ok((posts, errors))
}

/// The figures of many messages, and whether they came later and later.
fn many_a_second_round(deliveries: &[Delivery], begun: Instant, length: Duration, errors: Errors) -> Round {
    let (mut all, mut answered) = (Latencies::default(), Latencies::default());
    let (mut first, mut last) = (Latencies::default(), Latencies::default());
    let mut until = begun;
    for delivery in deliveries {
        all.note(delivery.since_sent());
        answered.note(delivery.since_answered());
        until = until.max(delivery.at);
        let sent = delivery.post.sent.saturating_duration_since(begun);
        if sent < length / 4 {
            first.note(delivery.since_sent());
        } else if sent >= length * 3 / 4 {
            last.note(delivery.since_sent());
        }
    }
    let rate = number(all.count()) / (until - begun).as_secs_f64().max(length.as_secs_f64());
    let (early, late) = (first.percentile(50.0), last.percentile(50.0));
    let figures = vec![
        Figure { name: "deliveries", unit: "1/s", value: rate },
        Figure::ms("p50", all.percentile(50.0)),
        Figure::ms("p99", all.percentile(99.0)),
        Figure::ms("p50, since answered", answered.percentile(50.0)),
        Figure::ms("p50 of first quarter", early),
        Figure::ms("p50 of last quarter", late),
        Figure { name: "growth", unit: "times", value: if early > 0.0 { late / early } else { 1.0 } },
    ];
    Round { figures, count: all.count(), errors }
}
