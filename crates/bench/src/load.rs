//! Many connections that send the same kind of request: each its next one as soon as the last was answered (a closed
//! loop), or all together at a given rate (an open loop).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Failed;
use crate::api::Calls;
use crate::client::{Answer, Connection, Site};
use crate::measure::{Errors, Figure, Latencies, Measuring, Round, Schedule, Subject};
use crate::target::{Process, Server, work_of};

/// Requests of one kind to one server.
#[derive(Clone)]
pub(crate) struct Load {
    /// Where they go.
    pub(crate) site: Site,
    /// The process that answers, where it was started here.
    pub(crate) process: Option<u32>,
    /// How many connections there are.
    pub(crate) connections: usize,
    /// How many are sent a second; None: as many as are answered.
    pub(crate) rate: Option<f64>,
    /// What is sent.
    pub(crate) calls: Calls,
    /// How many have been sent, in all rounds.
    pub(crate) sent: Arc<AtomicU64>,
    /// How many make a round, whatever time they take; None: as many as the time allows.
    pub(crate) most: Option<u64>,
}

impl Load {
    /// A closed or open loop on one server.
    pub(crate) fn new(server: &Server, connections: usize, rate: Option<f64>, calls: Calls) -> Self {
        let (site, process) = (server.site.clone(), server.process.as_ref().map(Process::id));
        Self { site, process, connections, rate, calls, sent: Arc::default(), most: None }
    }

    /// Sends the next request, on a connection.
    async fn next(&self, connection: &mut Connection) -> Result<Answer, Failed> {
        let (account, call) = (self.calls)(self.sent.fetch_add(1, Ordering::Relaxed));
        call.send(connection, &account).await
    }

    /// What is answered to one of them.
    pub(crate) async fn sample(&self) -> Result<Answer, Failed> {
        self.next(&mut Connection::to(&self.site)).await
    }

    async fn measure(&self, length: Duration) -> Result<Round, Failed> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            let mut connection = Connection::to(&self.site);
            connection.open().await?;
            connections.push(connection);
        }
        let work = || self.process.and_then(work_of);
        let (begun, before) = (Instant::now(), work());
        let phase = Phase { begun, length, next: Arc::default() };
        let mut workers = JoinSet::new();
        let pace = self.rate.map(|rate| Pace::new(Schedule::new(rate, length), begun));
        for connection in connections {
            let (load, phase, pace) = (self.clone(), phase.clone(), pace.clone());
            workers.spawn(async move {
                match pace {
                    None => load.closed_loop(connection, phase).await,
                    Some(pace) => load.open_loop(connection, pace).await,
                }
            });
        }
        let (mut latencies, mut errors, mut last) = (Latencies::default(), Errors::default(), begun);
        while let Some(worker) = workers.join_next().await {
            let done = worker?;
            latencies.add(&done.latencies);
            errors.add(done.errors);
            last = last.max(done.last);
        }
        let mut round = Round::from_requests(&latencies, last - begun, errors);
        round.figures.extend(Figure::work(before, work(), round.count));
        Ok(round)
    }

    async fn closed_loop(self, mut connection: Connection, phase: Phase) -> PhaseResult {
        let mut done = PhaseResult::new(phase.begun);
        while phase.goes_on(self.most) {
            let sent = Instant::now();
            let answer = self.next(&mut connection).await;
            done.note(answer.map(|_| sent.elapsed()));
        }
        done
    }

    async fn open_loop(self, mut connection: Connection, pace: Pace) -> PhaseResult {
        let mut done = PhaseResult::new(pace.begun);
        while let Some(at) = pace.next().await {
            if pace.begun.elapsed() > pace.schedule.unanswered() {
                done.note(Err("it was not sent: the server is too slow for this rate".into()));
                continue;
            }
            let answer = self.next(&mut connection).await;
            done.note(answer.map(|_| pace.schedule.latency(at, pace.begun.elapsed())));
        }
        done
    }
}

impl Subject for Load {
    fn round(&mut self, length: Duration) -> Measuring<'_> {
        Box::pin(self.measure(length))
    }
}

/// How long a round of a closed loop goes on.
#[derive(Clone)]
struct Phase {
    begun: Instant,
    length: Duration,
    next: Arc<AtomicU64>,
}

impl Phase {
    fn goes_on(&self, most: Option<u64>) -> bool {
        match most {
            Some(most) => self.next.fetch_add(1, Ordering::Relaxed) < most,
            None => self.begun.elapsed() < self.length,
        }
    }
}

/// What a connection did in a round.
struct PhaseResult {
    latencies: Latencies,
    errors: Errors,
    last: Instant,
}

impl PhaseResult {
    fn new(begun: Instant) -> Self {
        Self { latencies: Latencies::default(), errors: Errors::default(), last: begun }
    }

    fn note(&mut self, answer: Result<Duration, Failed>) {
        self.last = Instant::now();
        match answer {
            Ok(time) => self.latencies.note(time),
            Err(error) => self.errors.note(&error),
        }
    }
}

/// Tells when the next request is due. A thread does, for the runtime's clock only counts milliseconds.
#[derive(Clone)]
pub(crate) struct Pace {
    /// When the first one was due.
    pub(crate) begun: Instant,
    /// When the others are.
    pub(crate) schedule: Schedule,
    due: Arc<Semaphore>,
    taken: Arc<AtomicU64>,
}

impl Pace {
    /// Begins to tell.
    pub(crate) fn new(schedule: Schedule, begun: Instant) -> Self {
        let due = Arc::new(Semaphore::new(0));
        let tell = Arc::clone(&due);
        thread::spawn(move || {
            for at in 0..schedule.count() {
                let until = begun + schedule.due(at);
                loop {
                    let now = Instant::now();
                    if now >= until {
                        break;
                    }
                    thread::park_timeout(until - now);
                }
                tell.add_permits(1);
            }
            tell.close();
        });
        Self { begun, schedule, due, taken: Arc::default() }
    }

    /// Waits until the next one is due and takes it; None when there are no more.
    pub(crate) async fn next(&self) -> Option<u64> {
        // Also when no more are told, those that were due before are still taken.
        if let Ok(permit) = self.due.acquire().await {
            permit.forget();
        }
        let at = self.taken.fetch_add(1, Ordering::Relaxed);
        (at < self.schedule.count()).then_some(at)
    }
}

/// Sends `count` requests, many at once, and takes something out of each answer. Anything but the expected answer ends
/// it.
pub(crate) async fn all<T: Send + 'static>(
    site: &Site,
    count: u64,
    calls: Calls,
    take: fn(&Answer) -> Result<T, Failed>,
) -> Result<Vec<T>, Failed> {
    let next = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..SETUP_CONNECTIONS.min(count) {
        let (mut connection, calls, next) = (Connection::to(site), Arc::clone(&calls), Arc::clone(&next));
        workers.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= count {
                    return Ok::<_, Failed>(taken);
                }
                let (account, call) = calls(at);
                let answer = call.send(&mut connection, &account).await?;
                taken.push((at, take(&answer)?));
            }
        });
    }
    let mut taken = Vec::new();
    while let Some(worker) = workers.join_next().await {
        taken.append(&mut worker??);
    }
    taken.sort_by_key(|(at, _)| *at);
    Ok(taken.into_iter().map(|(_, one)| one).collect())
}

/// How many connections make what is needed before anything is measured.
const SETUP_CONNECTIONS: u64 = 128;
