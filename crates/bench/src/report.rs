//! What was measured, as a table and as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::measure::{Errors, Round, Spread};

/// The same work done by one or several subjects.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    /// Which workload it belongs to.
    pub(crate) workload: &'static str,
    /// What is special about it.
    pub(crate) title: String,
    /// Who did it, and how.
    pub(crate) subjects: Vec<Measured>,
    /// The first subject compared with the others.
    pub(crate) ratios: Vec<Ratio>,
}

/// What a subject did in all its rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    /// Who it is.
    pub(crate) subject: String,
    /// How many answers were as expected.
    pub(crate) count: u64,
    /// How many were not.
    pub(crate) errors: u64,
    /// What was wrong with the first of those.
    pub(crate) first_error: Option<String>,
    /// What was measured.
    pub(crate) figures: Vec<FigureSummary>,
}

/// A figure over all rounds.
#[derive(Debug, Serialize)]
pub(crate) struct FigureSummary {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it is counted in.
    pub(crate) unit: &'static str,
    /// The middle and the ends.
    #[serde(flatten)]
    pub(crate) spread: Spread,
    /// What it was in each round.
    pub(crate) rounds: Vec<f64>,
}

/// A figure of one subject divided by that of another one.
#[derive(Debug, Serialize)]
pub(crate) struct Ratio {
    /// Which figure.
    pub(crate) figure: &'static str,
    /// Whose is divided.
    pub(crate) of: String,
    /// By whose.
    pub(crate) to: String,
    /// Round by round, the middle and the ends.
    #[serde(flatten)]
    pub(crate) spread: Spread,
}

impl Ratio {
    /// None where there is nothing to compare.
    pub(crate) fn new(figure: &'static str, of: &str, to: &str, rounds: &[f64]) -> Option<Self> {
        let spread = Spread::new(rounds)?;
        Some(Self { figure, of: of.to_owned(), to: to.to_owned(), spread })
    }
}

impl Measured {
    /// What these rounds come to.
    pub(crate) fn new(subject: String, rounds: Vec<Round>) -> Self {
        let names: Vec<_> =
            rounds.iter().flat_map(|round| &round.figures).fold(Vec::new(), |mut names, figure| {
                if !names.contains(&(figure.name, figure.unit)) {
                    names.push((figure.name, figure.unit));
                }
                names
            });
        let summary = |(name, unit)| {
            let figures = rounds.iter().flat_map(|round| &round.figures);
            let rounds: Vec<f64> =
                figures.filter(|figure| figure.name == name).map(|figure| figure.value).collect();
            Some(FigureSummary { name, unit, spread: Spread::new(&rounds)?, rounds })
        };
        let figures = names.into_iter().filter_map(summary).collect();
        let count = rounds.iter().map(|round| round.count).sum();
        let mut errors = Errors::default();
        for round in rounds {
            errors.add(round.errors);
        }
        Self { subject, count, errors: errors.count, first_error: errors.first, figures }
    }
}

impl Display for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.workload, self.title)?;
        let cells = |summary: &FigureSummary| {
            [summary.spread.median, summary.spread.min, summary.spread.max].map(rounded)
        };
        let cell = |summary: &FigureSummary| {
            let [median, min, max] = cells(summary);
            if summary.rounds.len() > 1 { format!("{median} ({min}–{max})") } else { median }
        };
        for (at, subject) in self.subjects.iter().enumerate() {
            let named =
                |summary: &FigureSummary| format!("{} {}", summary.name, summary.unit).trim_end().to_owned();
            let same = at > 0
                && self.subjects[at - 1].figures.iter().map(named).eq(subject.figures.iter().map(named));
            let width = |summary: &FigureSummary| named(summary).chars().count().max(26);
            if !same {
                write!(f, "  {:14}", "")?;
                for summary in &subject.figures {
                    write!(f, "{:>1$}", named(summary), width(summary))?;
                }
                writeln!(f, "{:>12}{:>8}", "answers", "errors")?;
            }
            write!(f, "  {:14}", subject.subject)?;
            for summary in &subject.figures {
                write!(f, "{:>1$}", cell(summary), width(summary))?;
            }
            writeln!(f, "{:>12}{:>8}", subject.count, subject.errors)?;
        }
        for Ratio { figure, of, to, spread } in &self.ratios {
            let [median, min, max] = [spread.median, spread.min, spread.max].map(rounded);
            writeln!(f, "  {of} / {to}, {figure}: {median} ({min}–{max})")?;
        }
        for subject in &self.subjects {
            if let Some(error) = &subject.first_error {
                writeln!(f, "  ERRORS of {}: {}, the first: {error}", subject.subject, subject.errors)?;
            }
        }
        writeln!(f)
    }
}

/// With about three digits that count.
pub(crate) fn rounded(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && digit.is_ascii_digit() && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

/// A run as a whole.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    /// The version of the program.
    pub(crate) version: &'static str,
    /// Whether it was built to be fast.
    pub(crate) optimised: bool,
    /// How many cores there are.
    pub(crate) cores: usize,
    /// What it was called with; passwords are left out.
    pub(crate) arguments: Vec<String>,
    /// What was measured.
    pub(crate) cases: &'a [Case],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Figure;

    #[test]
    fn numbers_are_rounded_and_grouped() {
        let cases =
            [(0.0, "0.000"), (0.1234, "0.123"), (1.239, "1.24"), (45.67, "45.7"), (1_234_567.8, "1,234,568")];
        for (value, text) in cases {
            assert_eq!(rounded(value), text);
        }
    }

    #[test]
    fn rounds_are_merged_and_printed() {
        let round = |value, errors| Round {
            figures: vec![Figure::ms("p50", value)],
            count: 10,
            errors: Errors { count: errors, first: (errors > 0).then(|| "refused".to_owned()) },
        };
        let measured = Measured::new("plauder".to_owned(), vec![round(1.0, 0), round(3.0, 2), round(2.0, 0)]);
        assert_eq!((measured.count, measured.errors), (30, 2));
        let ratios = Ratio::new("p50", "plauder", "limit", &[2.0]).into_iter().collect();
        let case = Case { workload: "list", title: "v2".to_owned(), subjects: vec![measured], ratios };
        let shown = case.to_string();
        for part in
            ["list: v2", "p50 ms", "2.00 (1.00–3.00)", "plauder / limit, p50: 2.00", "the first: refused"]
        {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }
}
