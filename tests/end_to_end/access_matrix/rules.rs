//! The rules in `tests/access_matrix.txt`: read, and evaluated to what is expected of a request.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::outcome::Outcome;

/// The whole file.
pub(super) struct Rules {
    words: BTreeMap<String, Condition>,
    pub(super) conversations: Section,
    pub(super) administration: Section,
}

/// The operations that are tried with the same callers in the same worlds.
pub(super) struct Section {
    pub(super) callers: Vec<String>,
    never: Vec<Condition>,
    first_only: Condition,
    pub(super) operations: Vec<Operation>,
}

/// An operation, and the requests by which it is tried.
pub(super) struct Operation {
    pub(super) method: String,
    /// Below the version for operations of Talk, below `/ocs/v2.php` for others.
    pub(super) path: String,
    pub(super) policy: String,
    /// Effects that no request has by which it is tried.
    pub(super) also: Vec<String>,
    pub(super) requests: Vec<Request>,
}

/// A request, and what decides how it is answered.
pub(super) struct Request {
    /// As it is written.
    pub(super) text: String,
    pub(super) fields: Vec<(String, String)>,
    /// What is done before it; empty: nothing.
    pub(super) situation: String,
    only: Condition,
    is_unreadable: bool,
    clauses: Vec<Clause>,
}

/// An outcome, and when it applies.
#[derive(Clone)]
struct Clause {
    condition: Condition,
    outcome: Outcome,
    /// Where it is written.
    place: String,
}

/// Alternatives, each a list of words that have to hold or, with `false`, must not.
#[derive(Clone)]
struct Condition(Vec<Vec<(bool, String)>>);

/// What is so when a request is sent: its world, its caller, its situation, the version of the API.
pub(super) type Facts = BTreeSet<String>;

/// Everything that may be a fact beside callers and situations.
const FACTS: [&str; 11] = [
    "one-to-one",
    "group",
    "public",
    "lobby",
    "read-only",
    "Talk restricted",
    "teams off",
    "v1",
    "v2",
    "v3",
    "v4",
];

pub(super) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/access_matrix.txt")
}

/// A line without its remark, with its number.
type Line<'a> = (usize, &'a str);

/// `NAME | CLAUSE | …` of the section about refusals, in its order.
type Refusals = Vec<(String, Vec<Clause>)>;

impl Rules {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(path()).unwrap();
        let mut lines: Vec<(usize, String)> = Vec::new();
        for (at, line) in text.lines().map(without_remark).enumerate().filter(|(_, line)| !line.is_empty()) {
            match lines.last_mut() {
                Some((_, last)) if last.ends_with(',') || line.trim_start().starts_with("| ") => {
                    last.push(' ');
                    last.push_str(line.trim());
                }
                _ => lines.push((at + 1, line.to_owned())),
            }
        }
        let mut sections: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
        let mut section = "";
        for (number, line) in lines.iter().map(|(number, line)| (*number, line.as_str())) {
            match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(name) => section = name,
                None => sections.entry(section).or_default().push((number, line)),
            }
        }
        let words = sections["words"].iter().map(|(number, line)| {
            let (word, condition) =
                line.split_once('=').unwrap_or_else(|| panic!("line {number}: WORD = CONDITION"));
            (word.trim().to_owned(), Condition::parse(condition))
        });
        let words = words.collect();
        let refusals = sections["refusals"].iter().map(|(_, line)| {
            let (name, clauses) = line.split_once('|').unwrap();
            let clauses = clauses.split(" | ").map(str::trim).filter(|clause| !clause.is_empty());
            let place = format!("[refusals] {}", name.trim());
            let clauses = clauses.map(|clause| Clause::parse(clause, place.clone()));
            (name.trim().to_owned(), clauses.collect())
        });
        let refusals: Refusals = refusals.collect();
        let rules = Self {
            words,
            conversations: Section::parse(&sections["conversations"], &refusals),
            administration: Section::parse(&sections["administration"], &refusals),
        };
        rules.check_words();
        rules
    }

    pub(super) fn sections(&self) -> [&Section; 2] {
        [&self.conversations, &self.administration]
    }

    /// Every word of a condition has to mean something.
    fn check_words(&self) {
        let is_known = |word: &str| {
            self.words.contains_key(word)
                || FACTS.contains(&word)
                || self.sections().iter().any(|section| section.callers.iter().any(|caller| caller == word))
                || self.requests().any(|request| request.situation == word)
        };
        let sections = self.sections().into_iter();
        let of_sections = sections.flat_map(|section| section.never.iter().chain([&section.first_only]));
        let of_requests = self.requests().flat_map(|request| {
            request.clauses.iter().map(|clause| &clause.condition).chain([&request.only])
        });
        for condition in self.words.values().chain(of_sections).chain(of_requests) {
            for (_, word) in condition.0.iter().flatten() {
                assert!(is_known(word), "tests/access_matrix.txt: what does {word:?} mean?");
            }
        }
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.sections()
            .into_iter()
            .flat_map(|section| &section.operations)
            .flat_map(|operation| &operation.requests)
    }

    /// Whether these facts can be together.
    pub(super) fn is_possible(&self, section: &Section, facts: &Facts) -> bool {
        !section.never.iter().any(|never| self.holds(never, facts))
    }

    /// Whether a request is tried in a world; `index`: its place among those of its operation.
    pub(super) fn is_tried(&self, section: &Section, request: &Request, index: usize, world: &Facts) -> bool {
        self.holds(&request.only, world)
            && (index == 0 || request.is_unreadable || !self.holds(&section.first_only, world))
    }

    /// What is expected, and where that is written.
    pub(super) fn expected<'r>(&self, request: &'r Request, facts: &Facts) -> (&'r Outcome, &'r str) {
        let deciding = request.clauses.iter().find(|clause| self.holds(&clause.condition, facts));
        let clause = deciding.unwrap_or_else(|| panic!("no rule for {:?} with {facts:?}", request.text));
        (&clause.outcome, &clause.place)
    }

    fn holds(&self, condition: &Condition, facts: &Facts) -> bool {
        condition.0.iter().any(|all| all.iter().all(|(expected, word)| self.is_so(word, facts) == *expected))
    }

    fn is_so(&self, word: &str, facts: &Facts) -> bool {
        facts.contains(word) || self.words.get(word).is_some_and(|condition| self.holds(condition, facts))
    }
}

impl Section {
    fn parse(lines: &[Line<'_>], refusals: &Refusals) -> Self {
        let mut section = Self {
            callers: Vec::new(),
            never: Vec::new(),
            first_only: Condition(Vec::new()),
            operations: Vec::new(),
        };
        let mut heads: Vec<(Line<'_>, Vec<Line<'_>>)> = Vec::new();
        for &(number, line) in lines {
            let (first, rest) = line.split_once(" | ").unwrap_or((line, ""));
            match first.trim_end() {
                "callers" => {
                    section.callers = rest.split(',').map(|caller| caller.trim().to_owned()).collect();
                }
                "never" => section.never.push(Condition::parse(rest)),
                "first only" => section.first_only = Condition::parse(rest),
                _ if line.starts_with(' ') => heads.last_mut().expect("an operation").1.push((number, line)),
                _ => heads.push(((number, line), Vec::new())),
            }
        }
        section.operations =
            heads.iter().map(|(head, requests)| Operation::parse(*head, requests, refusals)).collect();
        section
    }

    /// The places of all clauses that operations and requests have of their own.
    pub(super) fn places(&self) -> BTreeSet<&str> {
        let requests = self.operations.iter().flat_map(|operation| &operation.requests);
        let clauses = requests.flat_map(|request| &request.clauses);
        clauses.map(|clause| clause.place.as_str()).filter(|place| place.starts_with("line ")).collect()
    }
}

impl Operation {
    fn parse((number, line): Line<'_>, requests: &[Line<'_>], refusals: &Refusals) -> Self {
        let mut columns = line.split(" | ").map(str::trim);
        let (method, path) = columns.next().and_then(|head| head.split_once(' ')).expect("METHOD PATH");
        let policy = columns.next().unwrap_or_else(|| panic!("line {number}: which policy?"));
        let mut also = Vec::new();
        let mut own = Vec::new();
        for column in columns {
            match column.strip_prefix("also ") {
                Some(effects) => also.extend(effects.split(", ").map(str::to_owned)),
                None => own.push((number, column)),
            }
        }
        let requests = if requests.is_empty() { &[(number, "-")] } else { requests };
        let requests = requests.iter().map(|&(number, line)| {
            let mut columns = line.split(" | ").map(str::trim);
            let text = columns.next().unwrap_or_default();
            let columns = columns.map(|column| (number, column));
            let all: Vec<_> =
                [(number, policy)].into_iter().chain(own.iter().copied()).chain(columns).collect();
            Request::parse(text, &all, refusals)
        });
        Self {
            method: method.to_owned(),
            path: path.trim().to_owned(),
            policy: policy.to_owned(),
            also,
            requests: requests.collect(),
        }
    }
}

impl Request {
    fn parse(text: &str, columns: &[(usize, &str)], refusals: &Refusals) -> Self {
        let (fields, situation) = text.split_once("; ").unwrap_or((text, ""));
        let fields = fields.split(' ').filter(|word| *word != "-" && !word.is_empty()).map(|word| {
            let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("{word:?}: NAME=VALUE"));
            (name.to_owned(), value.to_owned())
        });
        let mut request = Self {
            text: text.to_owned(),
            fields: fields.collect(),
            situation: situation.trim().to_owned(),
            only: Condition::parse(""),
            is_unreadable: columns.iter().any(|(_, column)| *column == "unreadable"),
            clauses: Vec::new(),
        };
        let mut last_refusal = 0;
        for (index, &(number, column)) in columns.iter().enumerate() {
            if let Some(condition) = column.strip_prefix("only ") {
                request.only = Condition::parse(condition);
            } else if let Some(at) = refusals.iter().position(|(name, _)| name == column) {
                assert!(at >= last_refusal, "line {number}: {column} comes too late");
                last_refusal = at;
                request.clauses.extend(refusals[at].1.iter().cloned());
            } else if column != "unreadable" {
                request.clauses.push(Clause::parse(column, format!("line {number}: {column}")));
            }
            if index == 0 && request.is_unreadable {
                request.clauses.push(Clause::parse("400", "unreadable".to_owned()));
            }
        }
        request
    }
}

impl Clause {
    fn parse(text: &str, place: String) -> Self {
        let (condition, outcome) = match text.split_once(": ") {
            Some((condition, outcome)) => (condition, outcome),
            None => ("", text),
        };
        Self { condition: Condition::parse(condition), outcome: Outcome::parse(outcome), place }
    }
}

impl Condition {
    fn parse(text: &str) -> Self {
        let word = |text: &str| {
            let text = text.trim();
            let negated = text.strip_prefix("not ");
            (negated.is_none(), negated.unwrap_or(text).to_owned())
        };
        let all = |text: &str| text.split(" and ").filter(|text| !text.trim().is_empty()).map(word).collect();
        Self(text.split(" or ").map(all).collect())
    }
}

/// What stands before `#`, unless nothing does.
fn without_remark(line: &str) -> &str {
    let end = if line.trim_start().starts_with('#') { 0 } else { line.find(" # ").unwrap_or(line.len()) };
    line[..end].trim_end()
}
