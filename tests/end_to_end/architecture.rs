//! The house is as docs/architecture.md and docs/compatibility.md say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Which crates of the house each one may use.
const ARROWS: [(&str, &[&str]); 10] = [
    ("derive", &[]),
    ("model", &[]),
    ("ocs", &[]),
    ("live", &["model"]),
    ("store", &["model"]),
    ("talk", &["model", "store"]),
    ("config", &["live", "model", "store"]),
    ("server", &["config", "derive", "live", "model", "ocs", "store", "talk"]),
    ("plauder", &["config", "live", "model", "store", "talk", "server"]),
    ("bench", &[]),
];

#[test]
fn crates_use_only_those_below_them() {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let used: Vec<String> = dependencies
            .lines()
            .filter_map(|line| line.strip_prefix("plauder-"))
            .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
            .collect();
        found.insert(folder.file_name().unwrap().to_str().unwrap().to_owned(), used);
    }
    let expected = ARROWS.map(|(name, _)| name);
    let mut names: Vec<&str> = found.keys().map(String::as_str).collect();
    names.sort_by_key(|name| expected.iter().position(|known| known == name));
    assert_eq!(names, expected, "a crate that the map of the house does not know");
    for (name, allowed) in ARROWS {
        for used in &found[name] {
            assert!(allowed.contains(&used.as_str()), "{name} must not use {used}");
        }
    }
}

/// Makes the table of calls from the routes. `UPDATE_DOCS=1` writes it into the document.
#[test]
fn the_compatibility_page_lists_every_call() {
    const BEGIN: &str = "<!-- operations: made from crates/server/src/api/operations.rs -->\n";
    const END: &str = "<!-- /operations -->";
    let mut table = String::from("| call | | v1 | v2 |\n|---|---|---|---|\n");
    let operations = plauder_server::api::operations::operations();
    let is_talk = |family: &str| family == "chat" || family.starts_with("conversations");
    for operation in operations.iter().filter(|one| is_talk(one.family()) && one.version() != Some(2)) {
        let same = |other: &&plauder_server::api::operations::Mounted| {
            other.version() == Some(2)
                && (other.method(), other.path()) == (operation.method(), operation.path())
        };
        let v2 = if operations.iter().find(same).is_some() { "works" } else { "–" };
        let (title, method, path) = (operation.title(), operation.method().as_str(), operation.path());
        writeln!(table, "| {title} | `{method} {path}` | works | {v2} |").unwrap();
    }
    let path = root().join("docs/compatibility.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert_eq!(page, expected, "run the test again with UPDATE_DOCS=1");
}
