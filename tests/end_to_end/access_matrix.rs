//! Every call before every door: `tests/access_matrix.txt` says for each kind of conversation, each request and each kind
//! of caller what is answered, and what it does. Here all of it is tried, in both versions of the API, and after every
//! request the whole store is compared with what was in it before.

mod effects;
mod fixture;
mod table;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use fixture::Fixture;
use table::{Block, Table};

use crate::server::Server;
use crate::stories;

/// Tries what the blocks say whose titles begin so. With `UPDATE_ACCESS_MATRIX=1` they say afterwards what was found.
fn walk(app: &Server, beginnings: &[&str]) {
    let is_meant = |block: &&Block| beginnings.iter().any(|beginning| block.title.starts_with(beginning));
    let fixture = Fixture::on(app);
    let (mut differences, mut found) = (String::new(), Vec::new());
    for expected in Table::read().blocks.iter().filter(is_meant) {
        let played = fixture.plays(expected);
        tell_differences(expected, &played, &mut differences);
        found.push(played);
    }
    assert!(!found.is_empty(), "no block begins with {beginnings:?}");
    if !differences.is_empty() && std::env::var_os("UPDATE_ACCESS_MATRIX").is_some() {
        update(found);
    }
    assert!(
        differences.is_empty(),
        "not as tests/access_matrix.txt says:\n{differences}\
         If it is the table that is wrong, run the test with UPDATE_ACCESS_MATRIX=1 and look at the difference."
    );
}

/// Says where `found` is not what was expected.
fn tell_differences(expected: &Block, found: &Block, text: &mut String) {
    for line in &found.lines {
        let is_it = |expected: &&table::Line| {
            expected.request == line.request
                && line.versions.iter().all(|version| expected.versions.contains(version))
        };
        let Some(expected_line) = expected.lines.iter().find(is_it) else { continue };
        let place = format!("{}: {} in {}", expected.title, line.request, line.versions.join(" and "));
        for ((caller, expected), found) in found.callers.iter().zip(&expected_line.cells).zip(&line.cells) {
            if expected != found {
                writeln!(text, "  {place} by {caller}: expected {expected}, found {found}").unwrap();
            }
        }
        if expected_line.tells != line.tells {
            let (expected, found) = (&expected_line.tells, &line.tells);
            writeln!(text, "  {place} tells: expected {expected:?}, found {found:?}").unwrap();
        }
    }
}

/// Writes what was found into the table, of which other tests may be writing other parts.
fn update(found: Vec<Block>) {
    let file = std::fs::File::open(table::path()).unwrap();
    file.lock().unwrap();
    let mut table = Table::read();
    for block in found {
        let place = table.blocks.iter_mut().find(|known| known.title == block.title).unwrap();
        *place = block;
    }
    table.write();
}

stories! {
    fn pairs_and_groups(app: Server) {
        walk(app, &["one-to-one", "group"]);
    }

    fn public_conversations(app: Server) {
        walk(app, &["public, lobby off, read-only off"]);
    }

    fn public_conversations_that_are_read_only(app: Server) {
        walk(app, &["public, lobby off, read-only on"]);
    }

    fn public_conversations_with_a_lobby(app: Server) {
        walk(app, &["public, lobby on, read-only off"]);
    }

    fn public_conversations_that_are_read_only_with_a_lobby(app: Server) {
        walk(app, &["public, lobby on, read-only on"]);
    }
}

#[test]
fn every_call_stands_in_every_block() {
    let calls: BTreeSet<(String, String)> = plauder_server::api::operations::operations()
        .iter()
        .filter(|operation| operation.version().is_some() || operation.family() == "chat")
        .map(|operation| (operation.method().as_str().to_owned(), operation.path().to_owned()))
        .collect();
    let table = Table::read();
    let titles: Vec<&str> = table.blocks.iter().map(|block| block.title.as_str()).collect();
    let mut expected = vec!["one-to-one".to_owned()];
    for kind in ["group", "public"] {
        for lobby in ["off", "on"] {
            for read_only in ["off", "on"] {
                expected.push(format!("{kind}, lobby {lobby}, read-only {read_only}"));
            }
        }
    }
    assert_eq!(titles, expected);
    for block in &table.blocks {
        let callers: &[&str] = match block.title.split(',').next() {
            Some("one-to-one") => &["owner", "stranger", "nobody"],
            Some("group") => &["owner", "moderator", "user", "stranger", "nobody"],
            _ => &["owner", "moderator", "user", "self-joined", "guest", "guest mod", "stranger", "nobody"],
        };
        assert_eq!(block.callers, callers, "{}", block.title);
        for version in ["v1", "v2"] {
            let lines = block.lines.iter().filter(|line| line.versions.iter().any(|known| known == version));
            let said: BTreeSet<_> =
                lines.map(|line| (line.request.method.clone(), line.request.path.clone())).collect();
            assert_eq!(said, calls, "{} in {version}", block.title);
        }
    }
}
