//! What a request is answered and what it changes: as expected, and as found.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) status: u16,
    /// The status code of OCS, where that of HTTP does not say as much.
    pub(super) code: Option<u16>,
    pub(super) effects: Effects,
}

/// What changed in the store, with how often.
pub(super) type Effects = BTreeMap<String, usize>;

impl Outcome {
    /// Reads `200 conversation changed, call left ×2`.
    pub(super) fn parse(text: &str) -> Self {
        let (number, effects) = text.split_once(' ').unwrap_or((text, ""));
        let number = number.parse().unwrap_or_else(|_| panic!("{text:?} is no outcome"));
        let (status, code) = match number {
            100..200 => (400, Some(number)),
            998 => (404, Some(number)),
            status => (status, None),
        };
        let effects = effects.split(',').map(str::trim).filter(|effect| !effect.is_empty());
        let effects = effects.map(|effect| match effect.split_once(" ×") {
            Some((effect, times)) => (effect.to_owned(), times.parse().expect("a number of times")),
            None => (effect.to_owned(), 1),
        });
        Self { status, code, effects: effects.collect() }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.unwrap_or(self.status))?;
        for (index, (effect, times)) in self.effects.iter().enumerate() {
            write!(f, "{}{effect}", if index == 0 { " " } else { ", " })?;
            if *times > 1 {
                write!(f, " ×{times}")?;
            }
        }
        Ok(())
    }
}
