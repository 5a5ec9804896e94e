//! Rounds, what is measured in them, and medians over them.

use std::pin::Pin;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::Failed;

/// What could be longer, in nanoseconds, is counted as this: 100 seconds.
const LONGEST: u64 = 100_000_000_000;

/// How long things took.
#[derive(Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST, 3);
        Self(histogram.expect("these bounds are possible"))
    }
}

impl Latencies {
    /// Notes one.
    pub(crate) fn note(&mut self, time: Duration) {
        self.0.saturating_record(u64::try_from(time.as_nanos()).unwrap_or(LONGEST).clamp(1, LONGEST));
    }

    /// Adds those that somebody else noted.
    pub(crate) fn add(&mut self, other: &Self) {
        // Both have the same bounds.
        let _ = self.0.add(&other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time within which this percentage was answered, in milliseconds; 0 if there are none.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        if self.0.is_empty() { 0.0 } else { milliseconds(self.0.value_at_percentile(percent)) }
    }

    /// The longest, in milliseconds.
    pub(crate) fn longest(&self) -> f64 {
        if self.0.is_empty() { 0.0 } else { milliseconds(self.0.max()) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "times are far below 2^52 nanoseconds")]
fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

/// A count, to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

/// Something that was measured in one round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// What it is called, in the table and in JSON.
    pub(crate) name: &'static str,
    /// What it is counted in.
    pub(crate) unit: &'static str,
    /// How much it is.
    pub(crate) value: f64,
}

impl Figure {
    /// What the cores worked in a server for each of `count`, where that is known.
    pub(crate) fn work(before: Option<Duration>, after: Option<Duration>, count: u64) -> Option<Self> {
        let work = after?.saturating_sub(before?).as_secs_f64() * 1e6;
        (count > 0).then(|| Self { name: "server cpu each", unit: "µs", value: work / number(count) })
    }

    /// A figure in milliseconds.
    pub(crate) fn ms(name: &'static str, value: f64) -> Self {
        Self { name, unit: "ms", value }
    }
}

/// What came of one round.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// What was measured.
    pub(crate) figures: Vec<Figure>,
    /// How many answers were as expected.
    pub(crate) count: u64,
    /// How many were not, or did not come.
    pub(crate) errors: Errors,
}

impl Round {
    /// A round of requests of one kind that took `elapsed` together.
    pub(crate) fn from_requests(latencies: &Latencies, elapsed: Duration, errors: Errors) -> Self {
        let rate = number(latencies.count()) / elapsed.as_secs_f64();
        let figures = vec![
            Figure { name: RATE, unit: "1/s", value: rate },
            Figure::ms("p50", latencies.percentile(50.0)),
            Figure::ms("p99", latencies.percentile(99.0)),
            Figure::ms("max", latencies.longest()),
        ];
        Self { figures, count: latencies.count(), errors }
    }
}

/// What the rate of requests is called.
pub(crate) const RATE: &str = "rate";

/// What did not go as it should.
#[derive(Debug, Default, Clone)]
pub(crate) struct Errors {
    /// How often.
    pub(crate) count: u64,
    /// The first one.
    pub(crate) first: Option<String>,
}

impl Errors {
    /// Notes one.
    pub(crate) fn note(&mut self, error: &(impl ToString + ?Sized)) {
        self.count += 1;
        self.first.get_or_insert_with(|| error.to_string());
    }

    /// Adds those that somebody else noted.
    pub(crate) fn add(&mut self, other: Self) {
        self.count += other.count;
        if self.first.is_none() {
            self.first = other.first;
        }
    }
}

/// The middle of what several rounds gave, with the least and the most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The middle one; of an even number the mean of the two in the middle.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The most.
    pub(crate) max: f64,
}

impl Spread {
    /// None of nothing.
    pub(crate) fn new(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        };
        Some(Self { median, min, max })
    }
}

/// When requests are due that are sent at a given rate, whatever becomes of those before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    rate: f64,
    length: Duration,
}

impl Schedule {
    /// So many a second for so long.
    pub(crate) fn new(rate: f64, length: Duration) -> Self {
        Self { rate, length }
    }

    /// How many are due.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are positive and small"
    )]
    pub(crate) fn count(self) -> u64 {
        (self.rate * self.length.as_secs_f64()).ceil().max(1.0) as u64
    }

    /// When the one with this number is due, since the beginning.
    pub(crate) fn due(self, at: u64) -> Duration {
        Duration::from_secs_f64(number(at) / self.rate)
    }

    /// How long the one with this number took that was answered at `answered`, since the beginning: from when it was
    /// due, not from when there was somebody to send it. Else a server that keeps everybody waiting would look fast.
    pub(crate) fn latency(self, at: u64, answered: Duration) -> Duration {
        answered.saturating_sub(self.due(at))
    }

    /// When what was not sent by then is given up, since the beginning.
    pub(crate) fn unanswered(self) -> Duration {
        self.length * 3 + Duration::from_secs(1)
    }
}

/// What a round comes to, in the end.
pub(crate) type Measuring<'a> = Pin<Box<dyn Future<Output = Result<Round, Failed>> + Send + 'a>>;

/// Something that can be measured again and again: a server, or what it is compared with.
pub(crate) trait Subject: Send {
    /// Measures one round of about `length`.
    fn round(&mut self, length: Duration) -> Measuring<'_>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_middle_the_least_and_the_most() {
        assert_eq!(Spread::new(&[]), None);
        assert_eq!(Spread::new(&[3.0]), Some(Spread { median: 3.0, min: 3.0, max: 3.0 }));
        assert_eq!(Spread::new(&[9.0, 1.0, 2.0]), Some(Spread { median: 2.0, min: 1.0, max: 9.0 }));
        assert_eq!(Spread::new(&[4.0, 1.0, 2.0, 9.0]), Some(Spread { median: 3.0, min: 1.0, max: 9.0 }));
    }

    #[test]
    fn what_is_sent_late_was_due_before() {
        let schedule = Schedule::new(100.0, Duration::from_secs(2));
        assert_eq!(schedule.count(), 200);
        assert_eq!(schedule.due(50), Duration::from_millis(500));
        // The server stood still for a second: the one that was due at 0.5 s waited for that too.
        assert_eq!(schedule.latency(50, Duration::from_millis(1510)), Duration::from_millis(1010));
        assert_eq!(schedule.latency(150, Duration::from_millis(1510)), Duration::from_millis(10));
        assert_eq!(schedule.latency(150, Duration::from_millis(1400)), Duration::ZERO);
        assert_eq!(Schedule::new(0.1, Duration::from_secs(1)).count(), 1, "something is measured");
    }

    #[test]
    fn latencies_are_reported_in_milliseconds() {
        let mut latencies = Latencies::default();
        assert!(latencies.percentile(50.0) < f64::EPSILON && latencies.longest() < f64::EPSILON);
        for time in 1..=100 {
            latencies.note(Duration::from_millis(time));
        }
        let mut all = Latencies::default();
        all.add(&latencies);
        all.note(Duration::from_secs(1000));
        assert_eq!(all.count(), 101);
        let near =
            |value: f64, wanted: f64| assert!((value / wanted - 1.0).abs() < 0.002, "{value} for {wanted}");
        near(latencies.percentile(50.0), 50.0);
        near(latencies.percentile(99.0), 99.0);
        near(latencies.longest(), 100.0);
        near(all.longest(), 100_000.0);
    }

    #[test]
    fn the_first_error_is_kept() {
        let mut errors = Errors::default();
        errors.add(Errors { count: 2, first: Some("one".to_owned()) });
        errors.note("two");
        assert_eq!((errors.count, errors.first.as_deref()), (3, Some("one")));
    }
}
