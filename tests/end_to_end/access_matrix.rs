//! Every operation with every kind of caller: `tests/access_matrix.txt` states the rules, from which the status and
//! the effects of each request are computed. Here all of it is tried, in every version of the API, and after each
//! request the whole store is compared with what it held before.

mod administration;
mod conversations;
mod effects;
mod fixture;
mod outcome;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fixture::Fixture;
use outcome::Outcome;
use plauder_server::api::operations::{Mounted, operations};
use rules::{Facts, Operation, Request, Rules, Section};

use crate::server::Server;
use crate::stories;

/// Where the paths of Talk begin, before the version.
const TALK: &str = "/apps/spreed/api";

/// The operations of the program by method and path.
struct Program(BTreeMap<(String, String), Mounted>);

impl Program {
    fn load() -> Self {
        let key = |mounted: &Mounted| (mounted.method().as_str().to_owned(), mounted.full_path().to_owned());
        Self(operations().into_iter().map(|mounted| (key(&mounted), mounted)).collect())
    }

    fn find(&self, method: &str, path: &str) -> Option<&Mounted> {
        self.0.get(&(method.to_owned(), path.to_owned()))
    }

    /// The versions of the conversation API.
    fn versions(&self) -> BTreeSet<u8> {
        self.0.values().filter_map(Mounted::version).collect()
    }

    /// How a path is refused that has no such operation: 405 if it has others.
    fn missing(&self, path: &str) -> Outcome {
        let has_others = self.0.keys().any(|(_, known)| known == path);
        Outcome::parse(if has_others { "405" } else { "404" })
    }

    /// The paths at which an operation of the rules is tried, with the version in them.
    fn paths(&self, operation: &Operation) -> Vec<(String, Option<u8>)> {
        let is_talk = !["/apps/", "/cloud/", "/core/"].iter().any(|start| operation.path.starts_with(start));
        if !is_talk {
            return vec![(operation.path.clone(), None)];
        }
        let versions = self.versions().into_iter();
        versions.map(|version| (format!("{TALK}/v{version}{}", operation.path), Some(version))).collect()
    }
}

/// A request of a caller, with what is expected of it.
struct Cell<'r> {
    operation: &'r Operation,
    request: &'r Request,
    path: String,
    caller: &'r str,
    expected: Outcome,
    /// The line that says so.
    place: &'r str,
}

/// The worlds of conversations.
fn conversation_worlds(rules: &Rules) -> Vec<Facts> {
    let kinds = ["one-to-one", "group", "public"];
    let mut worlds: Vec<Facts> = kinds.iter().map(|kind| Facts::from([(*kind).to_owned()])).collect();
    add_worlds(&mut worlds, &["read-only", "lobby", "Talk restricted"]);
    worlds.retain(|world| rules.is_possible(&rules.conversations, world));
    worlds
}

/// The worlds of everything else.
fn administration_worlds(rules: &Rules) -> Vec<Facts> {
    let mut worlds = vec![Facts::new()];
    add_worlds(&mut worlds, &["teams off", "Talk restricted"]);
    worlds.retain(|world| rules.is_possible(&rules.administration, world));
    worlds
}

/// Adds to each world the one in which a fact holds, for each of some facts.
fn add_worlds(worlds: &mut Vec<Facts>, facts: &[&str]) {
    for fact in facts {
        let mut with_fact = worlds.clone();
        for world in &mut with_fact {
            world.insert((*fact).to_owned());
        }
        worlds.append(&mut with_fact);
    }
}

/// Everything that is tried in a world.
fn cells<'r>(rules: &'r Rules, section: &'r Section, program: &Program, world: &Facts) -> Vec<Cell<'r>> {
    let mut cells = Vec::new();
    let with = |fact: &str| world.iter().cloned().chain([fact.to_owned()]).collect::<Facts>();
    let callers: Vec<_> =
        section.callers.iter().filter(|caller| rules.is_possible(section, &with(caller))).collect();
    for operation in &section.operations {
        for (path, version) in program.paths(operation) {
            let mounted = program.find(&operation.method, &path);
            for (index, request) in operation.requests.iter().enumerate() {
                let is_tried = rules.is_tried(section, request, index, world);
                if !is_tried || (mounted.is_none() && index > 0) {
                    continue;
                }
                for caller in &callers {
                    let mut facts = with(caller);
                    facts.insert(request.situation.clone());
                    facts.extend(version.map(|version| format!("v{version}")));
                    let (expected, place) = match mounted {
                        Some(_) => {
                            let (expected, place) = rules.expected(request, &facts);
                            (expected.clone(), place)
                        }
                        None => (program.missing(&path), "not in this version"),
                    };
                    cells.push(Cell { operation, request, path: path.clone(), caller, expected, place });
                }
            }
        }
    }
    cells
}

/// Tries everything in a world, and reports what is not as expected.
fn try_all(cells: &[Cell<'_>], fixture: &Fixture<'_, '_>, world: &Facts, differences: &mut String) {
    assert!(!cells.is_empty());
    for Cell { operation, request, path, caller, expected, place } in cells {
        let found = fixture.send(&operation.method, path, request, caller);
        let expects_code = Outcome { code: expected.code.and(found.code), ..found.clone() };
        if *expected != expects_code {
            let world = world.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let request = format!("{} {path} {}", operation.method, request.text);
            writeln!(differences, "  [{world}] {request}, by {caller}").unwrap();
            writeln!(differences, "    expected {expected} ({place})\n    found    {found}").unwrap();
        }
    }
    fixture.base.reset();
}

fn report(differences: &str) {
    let count = differences.lines().count() / 3;
    assert!(differences.is_empty(), "{count} times not as tests/access_matrix.txt says:\n{differences}");
}

/// Tries the conversations of these worlds.
fn try_conversations(app: &Server, is_meant: impl Fn(&dyn Fn(&str) -> bool) -> bool) {
    let (rules, program) = (Rules::read(), Program::load());
    let base = conversations::base(app);
    let mut differences = String::new();
    for world in conversation_worlds(&rules).iter().filter(|world| is_meant(&|fact| world.contains(fact))) {
        let cells = cells(&rules, &rules.conversations, &program, world);
        try_all(&cells, &conversations::fixture(&base, world), world, &mut differences);
    }
    report(&differences);
}

stories! {
    fn one_to_one_and_group_conversations(app: Server) {
        try_conversations(app, |is| !is("public"));
    }

    fn public_conversations(app: Server) {
        try_conversations(app, |is| is("public") && !is("lobby") && !is("read-only"));
    }

    fn read_only_public_conversations(app: Server) {
        try_conversations(app, |is| is("public") && !is("lobby") && is("read-only"));
    }

    fn public_conversations_with_a_lobby(app: Server) {
        try_conversations(app, |is| is("public") && is("lobby") && !is("read-only"));
    }

    fn read_only_public_conversations_with_a_lobby(app: Server) {
        try_conversations(app, |is| is("public") && is("lobby") && is("read-only"));
    }

    fn everything_beside_conversations(app: Server) {
        let (rules, program) = (Rules::read(), Program::load());
        let base = administration::base(app);
        let mut differences = String::new();
        for world in administration_worlds(&rules) {
            let cells = cells(&rules, &rules.administration, &program, &world);
            try_all(&cells, &administration::fixture(&base, &world), &world, &mut differences);
        }
        report(&differences);
    }
}

#[test]
fn every_operation_has_rules_and_its_policy() {
    let (rules, program) = (Rules::read(), Program::load());
    let mut missing: BTreeSet<_> = program.0.keys().collect();
    for operation in rules.sections().iter().flat_map(|section| &section.operations) {
        let Operation { method, path, policy, .. } = operation;
        let paths = program.paths(operation).into_iter();
        let found: Vec<&Mounted> = paths.filter_map(|(path, _)| program.find(method, &path)).collect();
        assert!(!found.is_empty(), "tests/access_matrix.txt: there is no operation {method} {path}");
        for mounted in found {
            assert_eq!(mounted.policy(), policy, "{method} {path}");
            missing.remove(&(method.clone(), mounted.full_path().to_owned()));
        }
    }
    assert!(missing.is_empty(), "tests/access_matrix.txt says nothing of {missing:#?}");
}

/// The effects that an operation names are those which the rules expect of it.
#[test]
fn every_operation_names_its_effects() {
    let (rules, program) = (Rules::read(), Program::load());
    let mut expected: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let worlds = [
        (&rules.conversations, conversation_worlds(&rules)),
        (&rules.administration, administration_worlds(&rules)),
    ];
    for (section, worlds) in worlds {
        let mut unused = section.places();
        for world in worlds {
            for cell in cells(&rules, section, &program, &world) {
                unused.remove(cell.place);
                let key = (cell.operation.method.clone(), cell.path);
                let effects = cell
                    .expected
                    .effects
                    .keys()
                    .chain(&cell.operation.also)
                    .map(|effect| effects::named(effect).to_owned());
                expected.entry(key).or_default().extend(effects);
            }
        }
        assert!(unused.is_empty(), "tests/access_matrix.txt: these never apply: {unused:#?}");
    }
    let mut differences = String::new();
    for ((method, path), mounted) in &program.0 {
        let named: BTreeSet<String> =
            mounted.effects().iter().map(|effect| effects::word(*effect).to_owned()).collect();
        let expected = expected.remove(&(method.clone(), path.clone())).unwrap_or_default();
        if named != expected {
            writeln!(differences, "  {method} {path}: names {named:?}\n    expected {expected:?}").unwrap();
        }
    }
    assert!(
        differences.is_empty(),
        "operations whose META does not name what the rules expect:\n{differences}"
    );
}
