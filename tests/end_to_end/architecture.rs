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

/// Compares a generated document with the file in docs/. `UPDATE_DOCS=1` writes it there.
#[track_caller]
fn is_in_docs(file: &str, expected: &str) {
    let path = root().join("docs").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{file} is not as generated: run the test again with UPDATE_DOCS=1");
}

/// Makes the table of operations: one row an operation.
#[test]
fn the_compatibility_page_lists_every_operation() {
    const BEGIN: &str = "<!-- operations: made from crates/server/src/api/operations.rs -->\n";
    const END: &str = "<!-- /operations -->";
    let operations = plauder_server::api::operations::operations();
    let mut rows: Vec<(String, Vec<String>, &str)> = Vec::new();
    for operation in &operations {
        let (title, method) = (operation.title(), operation.method().as_str());
        let (path, version) = match operation.version() {
            Some(version) => (operation.path(), format!("v{version}")),
            None => (operation.full_path(), operation.family().to_owned()),
        };
        let row = format!("| {title} | `{method} {path}` |");
        match rows.iter_mut().find(|(known, ..)| *known == row) {
            Some((_, versions, _)) => versions.push(version),
            None => rows.push((row, vec![version], operation.policy())),
        }
    }
    let mut table = String::from("| operation | | versions or family | policy |\n|---|---|---|---|\n");
    for (row, versions, policy) in &rows {
        writeln!(table, "{row} {} | {policy} |", versions.join(", ")).unwrap();
    }
    let page = std::fs::read_to_string(root().join("docs/compatibility.md")).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    is_in_docs("compatibility.md", &format!("{before}{BEGIN}{table}{END}{after}"));
}

#[test]
fn the_openapi_documents_are_as_served() {
    for version in plauder_server::api::openapi::versions() {
        let file = format!("openapi/v{version}.json");
        is_in_docs(&file, &plauder_server::api::openapi::text(version));
    }
}
