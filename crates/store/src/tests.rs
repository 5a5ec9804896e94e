//! Tests of the whole store, on SQLite and on PostgreSQL.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use plauder_model::rng::SeededRng;
use plauder_model::time::ManualClock;
use plauder_model::{
    AccountId, ActorKind, ConversationId, ConversationType, GroupId, GroupKey, MentionKind, MessageId,
    MessageKind, NotificationKind, Token,
};

use crate::database::Options;
use crate::driver::postgres::{Postgres, lock_clause};
use crate::driver::sqlite::Sqlite;
use crate::migrations::{self, Schema};
use crate::tables::{self, accounts, conversations, groups, message_names, messages};
use crate::{Database, Location, StoreError, Transaction};

/// A new store of each kind. The SQLite file is deleted with `folder`.
struct Stores {
    locations: [(&'static str, Location); 2],
    folder: tempfile::TempDir,
}

fn stores() -> Stores {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Location::Sqlite(folder.path().join("new").join("plauder.db"));
    let postgres = Location::Postgres(plauder_fixtures::fresh_postgres());
    Stores { locations: [("SQLite", sqlite), ("PostgreSQL", postgres)], folder }
}

fn open(location: &Location) -> Database {
    let (clock, rng) = (Arc::new(ManualClock::at(1_000)), Arc::new(SeededRng::new(1)));
    Database::open(location, Options::default(), clock, rng).unwrap()
}

fn insert_account(tx: &mut Transaction<'_>, id: &str) -> Result<bool, StoreError> {
    let new =
        accounts::NewAccount { user_id: id, user_key: id, display_name: id, email: "", password_hash: "" };
    Ok(accounts::insert(tx, new)?.is_some())
}

fn count_accounts(database: &Database) -> usize {
    database.write_blocking(|tx| Ok::<_, StoreError>(accounts::search(tx, "", 1_000, 0)?.len())).unwrap()
}

#[test]
fn every_statement_can_be_prepared_on_both_stores() {
    let stores = stores();
    let [(_, Location::Sqlite(path)), (_, Location::Postgres(url))] = &stores.locations else {
        unreachable!()
    };
    let (mut sqlite, mut postgres) = (Sqlite::open(path, false).unwrap().0, Postgres::open(url).unwrap());
    let mut count = 0;
    for (table, name, statement) in tables::statements() {
        sqlite.check(&statement).unwrap_or_else(|error| panic!("{table}.{name} on SQLite: {error}"));
        postgres.check(&statement).unwrap_or_else(|error| panic!("{table}.{name} on PostgreSQL: {error}"));
        count += 1;
    }
    assert!(count > 60, "only {count} statements");
}

/// `crates/store/sql.txt` shows reviewers the SQL that the stores receive. `UPDATE_SQL=1` writes it.
#[test]
fn sql_matches_the_snapshot() {
    let mut postgres = Postgres::open(&plauder_fixtures::fresh_postgres()).unwrap();
    let mut statements: Vec<_> = tables::statements().collect();
    statements.sort_by_key(|(table, ..)| *table);
    let mut snapshot = String::from(
        "All statements as SQLite and PostgreSQL receive them, except for the line breaks. A test compares this file with the\n\
         statements; UPDATE_SQL=1 ./test quick sql_matches_the_snapshot writes it. A clause after \"PostgreSQL:\" is added\n\
         if the transaction may write. Parameters have the types that PostgreSQL infers.\n",
    );
    for (table, name, statement) in statements {
        let types = postgres.check(&statement).unwrap();
        let params = (1..).zip(types).map(|(number, kind)| format!("${number} {kind}"));
        let params = params.collect::<Vec<_>>().join(", ");
        writeln!(snapshot, "\n{table}.{name}({params})").unwrap();
        for line in break_lines(statement.sql) {
            writeln!(snapshot, "    {line}").unwrap();
        }
        if let Some(clause) = lock_clause(statement.lock) {
            writeln!(snapshot, "    PostgreSQL: {clause}").unwrap();
        }
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sql.txt");
    if std::env::var_os("UPDATE_SQL").is_some() {
        std::fs::write(&file, &snapshot).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = reviewed.lines().zip(snapshot.lines()).find(|(old, new)| old != new);
    assert!(
        reviewed == snapshot,
        "sql.txt is out of date ({differs:?}): run UPDATE_SQL=1 ./test quick sql_matches_the_snapshot and look at the diff"
    );
}

/// SQL uses names and numbers of the model through `{…}`, so that each is declared once.
#[test]
fn table_files_repeat_no_constant_of_the_model() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join("tables");
    let names = ActorKind::ALL.iter().map(|kind| kind.name());
    let names = names.chain(MentionKind::ALL.iter().map(|kind| kind.name()));
    let names = names.chain(MessageKind::ALL.iter().map(|kind| kind.name()));
    let names: Vec<_> = names.chain(NotificationKind::ALL.iter().map(|kind| kind.name())).collect();
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for name in &names {
            assert!(!text.contains(&format!("'{name}'")), "{}: '{name}'", path.display());
        }
        for (at, column) in text.match_indices("participant_type ") {
            let rest = text[at + column.len()..].trim_start_matches(['=', '<', '>', ' ']);
            let is_literal = rest.starts_with("IN (") || rest.starts_with(|c: char| c.is_ascii_digit());
            assert!(!is_literal, "{}: {}", path.display(), rest.lines().next().unwrap_or_default());
        }
        files += 1;
    }
    assert!(files > 15, "only {files} files");
}

/// Breaks SQL before its clauses, and before a line gets too long.
fn break_lines(sql: &str) -> Vec<String> {
    const CLAUSES: [&str; 9] =
        ["SELECT", "FROM", "LEFT", "JOIN", "WHERE", "ORDER", "VALUES", "SET", "RETURNING"];
    let mut lines = vec![String::new()];
    let (mut depth, mut previous) = (0_usize, "");
    for word in sql.split(' ') {
        let line = lines.last().map_or(0, String::len);
        let begins = CLAUSES.contains(&word) && depth == 0 && previous != "LEFT";
        if line > 0 && (begins || line + 1 + word.len() > 112) {
            lines.push(if begins { String::new() } else { "  ".to_owned() });
        }
        if let Some(line) = lines.last_mut() {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        depth = depth + word.matches('(').count() - word.matches(')').count();
        previous = word;
    }
    lines
}

#[test]
fn details_of_any_number_of_accounts_take_two_statements() {
    for (kind, location) in &stores().locations {
        let database = open(location);
        let details = |limit: i64, offset: i64| {
            database.write_blocking(move |tx| {
                let before = tx.statements();
                let found = accounts::search_details(tx, "user", limit, offset)?;
                Ok::<_, StoreError>((found, tx.statements() - before))
            })
        };
        let created = database.write_blocking(|tx| {
            let crew = groups::insert(tx, &GroupId::parse("crew").unwrap(), "")?.unwrap();
            let band = groups::insert(tx, &GroupId::parse("band").unwrap(), "")?.unwrap();
            for number in 0..50 {
                let id = format!("user{number:02}");
                assert!(insert_account(tx, &id)?);
                let account = accounts::find(tx, &id)?.unwrap().id;
                if number % 2 == 0 {
                    groups::add_member(tx, crew, account)?;
                    groups::add_member(tx, band, account)?;
                }
                if number % 3 == 0 {
                    accounts::record_sign_in(tx, account)?;
                }
            }
            insert_account(tx, "another")
        });
        assert!(created.unwrap());
        let (all, statements) = details(i64::MAX, 0).unwrap();
        assert_eq!((all.len(), statements), (50, 2), "{kind}");
        for (number, found) in all.iter().enumerate() {
            assert_eq!(found.account.user_id, format!("user{number:02}"), "{kind}");
            let groups: &[&str] = if number % 2 == 0 { &["band", "crew"] } else { &[] };
            assert_eq!(found.groups, groups, "{kind}: {number}");
            let login = accounts::Login { first_login: 1_000, last_login: 1_000 };
            assert_eq!(found.login, (number % 3 == 0).then_some(login), "{kind}: {number}");
        }
        let (page, statements) = details(7, 10).unwrap();
        assert_eq!((page.as_slice(), statements), (&all[10..17], 2), "{kind}: a page");
        let account = all[4].account.clone();
        let single = database.write_blocking(move |tx| accounts::load_details(tx, account.clone()));
        assert_eq!(single.unwrap(), all[4], "{kind}: a single account");
        assert_eq!(details(0, 0).unwrap(), (Vec::new(), 2), "{kind}: none");
    }
}

/// The room cache relies on the revisions of conversations and attendees.
#[test]
fn every_update_of_a_conversation_or_attendee_raises_its_revision() {
    let mut count = 0;
    for (table, name, statement) in tables::statements() {
        let words = statement.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.starts_with("UPDATE conversations ") || words.starts_with("UPDATE attendees ") {
            assert!(words.contains(" SET revision = revision + 1"), "{table}.{name}: {words}");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} statements");
}

#[test]
fn committed_data_is_there_after_reopening() {
    for (kind, location) in &stores().locations {
        let database = open(location);
        assert!(database.write_blocking(|tx| insert_account(tx, "alice")).unwrap(), "{kind}");
        assert!(!database.write_blocking(|tx| insert_account(tx, "alice")).unwrap(), "{kind}: a second one");
        database.close();
        assert_eq!(count_accounts(&open(location)), 1, "{kind}");
    }
}

#[derive(Debug)]
enum Refusal {
    Denied,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[test]
fn work_that_is_refused_fails_or_panics_changes_nothing() {
    for (kind, location) in &stores().locations {
        let database = open(location);
        let refused = database.write_blocking(|tx| {
            insert_account(tx, "refused")?;
            Err::<(), _>(Refusal::Denied)
        });
        assert!(matches!(refused, Err(Refusal::Denied)), "{kind}: {refused:?}");
        let failed = database.write_blocking(|tx| {
            insert_account(tx, "failed")?;
            let pair = (AccountId(-1), AccountId(-2));
            let token = Token::parse("abcdefgh").unwrap();
            // These accounts do not exist. The transaction is rolled back although the work ignores the error.
            let _ = conversations::insert(tx, &token, ConversationType::OneToOne, "", Some(pair));
            Ok::<_, Refusal>(())
        });
        assert!(matches!(failed, Err(Refusal::Store(StoreError::Statement { .. }))), "{kind}: {failed:?}");
        let panicked = database.write_blocking(|tx| {
            insert_account(tx, "panicked")?;
            assert!(tx.statements() == 0, "this test panics on purpose");
            Ok::<_, Refusal>(())
        });
        assert!(matches!(panicked, Err(Refusal::Store(StoreError::Closed))), "{kind}: {panicked:?}");
        assert_eq!(count_accounts(&database), 0, "{kind}");
        assert!(database.write_blocking(|tx| insert_account(tx, "alice")).unwrap(), "{kind}: it still works");
    }
}

#[test]
fn refused_job_does_not_roll_back_others_of_its_batch() {
    for (kind, location) in &stores().locations {
        let database = open(location);
        let threads: Vec<_> = (0..40)
            .map(|number| {
                let database = database.clone();
                std::thread::spawn(move || {
                    database.write_blocking(move |tx| {
                        insert_account(tx, &format!("account{number}"))?;
                        if number % 2 == 0 { Ok(()) } else { Err(Refusal::Denied) }
                    })
                })
            })
            .collect();
        let stored = threads.into_iter().filter_map(|thread| thread.join().unwrap().ok()).count();
        assert_eq!(stored, 20, "{kind}");
        assert_eq!(count_accounts(&database), 20, "{kind}");
    }
}

#[test]
fn concurrent_writes_are_committed_in_one_batch() {
    let stores = stores();
    let database = open(&stores.locations[0].1);
    // The other jobs wait in the queue while this one runs.
    let (begun, wait) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let wait_for = std::sync::Mutex::new(wait.1);
    let first = {
        let database = database.clone();
        std::thread::spawn(move || {
            database.write_blocking(move |tx| {
                begun.0.send(()).unwrap();
                let _ = wait_for.lock().unwrap().recv();
                insert_account(tx, "first")
            })
        })
    };
    begun.1.recv().unwrap();
    let rest: Vec<_> = (0..64)
        .map(|number| {
            let database = database.clone();
            std::thread::spawn(move || {
                database.write_blocking(move |tx| insert_account(tx, &format!("n{number}")))
            })
        })
        .collect();
    while database.queue_length() < 64 {
        std::thread::yield_now();
    }
    wait.0.send(()).unwrap();
    assert!(first.join().unwrap().unwrap());
    assert!(rest.into_iter().all(|thread| thread.join().unwrap().unwrap()));
    assert_eq!(database.statistics().jobs(), 65);
    assert_eq!(database.statistics().batches(), 1, "all 65 were durable with one commit");
}

#[test]
fn postgresql_retries_a_transaction_that_conflicts_with_another() {
    let stores = stores();
    let database = open(&stores.locations[1].1);
    let runs = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&runs);
    let other = database.clone();
    let created = database.write_blocking(move |tx| {
        let found = accounts::find(tx, "alice")?.is_some();
        if counter.fetch_add(1, Ordering::SeqCst) == 0 {
            // Another transaction inserts the account that this one did not find. Then this one violates a foreign key.
            other.write_blocking(|tx| insert_account(tx, "alice"))?;
            groups::add_member(tx, GroupKey(1), AccountId(999))?;
        }
        Ok::<_, StoreError>(found)
    });
    assert!(created.unwrap(), "the second run found the account of the other transaction");
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(database.statistics().retries(), 1);
}

#[test]
fn newer_schema_is_refused() {
    for (kind, location) in &stores().locations {
        drop(open(location));
        let newer = "INSERT INTO schema_version VALUES (4711)";
        match location {
            Location::Sqlite(path) => Sqlite::open(path, false).unwrap().0.batch("newer", newer).unwrap(),
            Location::Postgres(url) => Postgres::open(url).unwrap().batch("newer", newer).unwrap(),
        }
        let (clock, rng) = (Arc::new(ManualClock::at(0)), Arc::new(SeededRng::new(1)));
        let refused = Database::open(location, Options::default(), clock, rng).err();
        let message = refused.unwrap_or_else(|| panic!("{kind}: opened")).to_string();
        assert!(message.contains("schema 4711") && message.contains("newer Plauder"), "{kind}: {message}");
    }
}

#[test]
fn second_migration_succeeds() {
    let stores = stores();
    let [(_, Location::Sqlite(path)), (_, Location::Postgres(url))] = &stores.locations else {
        unreachable!()
    };
    migrations::migrate(&mut Sqlite::open(path, false).unwrap().0).unwrap();
    migrations::migrate(&mut Postgres::open(url).unwrap()).unwrap();
}

/// Migration 7 moves the names of guests from messages and mentions to a table.
#[test]
fn guests_keep_their_names_when_migrating_from_step_6() {
    const BEFORE: &str = "
        INSERT INTO conversations (token, type, name, created_at, last_activity, object_type, object_id, password_hash,
                                   read_only, lobby_state, lobby_timer, last_message_id, written, accounts, moderators,
                                   guests, call_since)
        VALUES ('abcdefgh', 3, 'Room', 1, 1, '', '', '', 0, 0, 0, 2, 1, 0, 0, 0, 0);
        INSERT INTO messages (conversation_id, kind, ordinal, created_at, actor_kind, actor_id, actor_name, subject_kind,
                              subject_id, subject_name, text, happening, details, reference_id, names)
        VALUES (1, 'comment', 1, 1, 'guests', 'one', 'Gerda', '', '', '', 'Hi', '', '{}', '', 1),
               (1, 'system', 1, 1, 'guests', 'two', '', 'guests', 'three', 'Gus', '', 'user_removed', '{}', '', 0);
        INSERT INTO message_names (conversation_id, message_id, position, placeholder, kind, other_id, name)
        VALUES (1, 1, 0, 'mention-guest1', 'guests', 'four', 'Gina'), (1, 1, 1, 'mention-guest2', 'guests', 'one', 'Zoe');
        INSERT INTO attendees (conversation_id, guest_key, actor_id, display_name, kind, participant_type, favorite,
                               notification_level, last_read_message, read_ordinal, last_mention, last_ping)
        VALUES (1, 'key', 'one', 'Gerda', 'guests', 4, FALSE, 0, 0, 0, 0, 0);";
    let stores = stores();
    let [(_, Location::Sqlite(path)), (_, Location::Postgres(url))] = &stores.locations else {
        unreachable!()
    };
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut sqlite = Sqlite::prepare(rusqlite::Connection::open(path).unwrap(), "test").unwrap();
    migrations::migrate_to(&mut sqlite, 6).and_then(|()| sqlite.batch("before", BEFORE)).unwrap();
    drop(sqlite);
    let mut postgres = Postgres::connect(url).unwrap();
    migrations::migrate_to(&mut postgres, 6).and_then(|()| postgres.batch("before", BEFORE)).unwrap();
    drop(postgres);
    for (kind, location) in &stores.locations {
        let names = open(location).write_blocking(|tx| {
            let room = ConversationId(1);
            let found = messages::list_after(tx, room, MessageId(0), 10)?;
            let actors =
                found.iter().flat_map(|message| std::iter::once(&message.actor).chain(&message.subject));
            let mut names: Vec<String> = actors.map(|actor| actor.display_name.clone()).collect();
            names.extend(
                message_names::list_between(tx, room, MessageId(1), MessageId(2))?
                    .into_iter()
                    .filter_map(|mention| Some(mention.actor?.display_name)),
            );
            Ok::<_, StoreError>(names)
        });
        assert_eq!(names.unwrap(), ["Gerda", "", "Gus", "Gina", "Gerda"], "{kind}");
    }
}

#[test]
fn sqlite_store_has_one_server_at_a_time() {
    let stores = stores();
    let serve = |location| {
        let options = Options { serve: true, ..Options::default() };
        Database::open(location, options, Arc::new(ManualClock::at(0)), Arc::new(SeededRng::new(1)))
    };
    let location = &stores.locations[0].1;
    let first = serve(location).unwrap();
    assert!(matches!(serve(location), Err(StoreError::InUse(_))));
    // The command line may read and write the store while the server runs.
    let command_line = open(location);
    assert!(command_line.write_blocking(|tx| insert_account(tx, "alice")).unwrap());
    assert_eq!(count_accounts(&first), 1);
    drop(first);
    assert!(serve(location).is_ok());
}

#[test]
fn backup_is_a_snapshot_of_the_store() {
    let stores = stores();
    let location = &stores.locations[0].1;
    let database = open(location);
    database.write_blocking(|tx| insert_account(tx, "alice")).unwrap();
    let copy = stores.folder.path().join("copy.db");
    Database::back_up(location, &copy).unwrap();
    database.write_blocking(|tx| insert_account(tx, "bob")).unwrap();
    assert_eq!(count_accounts(&open(&Location::Sqlite(copy.clone()))), 1);
    assert!(Database::back_up(location, &copy).is_err(), "an existing file is not overwritten");
    assert!(Database::back_up(&stores.locations[1].1, &copy).is_err(), "PostgreSQL has its own tools");
}

#[test]
fn only_the_owner_can_access_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let stores = stores();
    let Location::Sqlite(path) = &stores.locations[0].1 else { unreachable!() };
    let database = open(&stores.locations[0].1);
    database.write_blocking(|tx| insert_account(tx, "alice")).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let copy = stores.folder.path().join("copy.db");
    Database::back_up(&stores.locations[0].1, &copy).unwrap();
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(mode(path), 0o600);
    assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn reading_transaction_takes_no_locks() {
    for (kind, location) in &stores().locations {
        let database = open(location);
        let token = Token::parse("abcdefgh").unwrap();
        let locked = token.clone();
        database.write_blocking(move |tx| conversations::lock(tx, &locked).map(drop)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(database.read(move |tx| conversations::lock(tx, &token)));
        assert_eq!(found.unwrap(), None, "{kind}");
    }
}
