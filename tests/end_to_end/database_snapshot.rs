//! Somebody who looks into a store beside its server: sees everything in it, and can put it back to how it was.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use postgres::NoTls;
use rusqlite::types::{Value as Sql, ValueRef};
use serde_json::{Map, Value};

/// Everything in a store: by table its rows, each an object in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DatabaseSnapshot(pub(crate) BTreeMap<String, BTreeSet<String>>);

/// A connection of the test to the store of a server.
pub(crate) struct DatabaseReader {
    tables: Vec<String>,
    store: Store,
}

enum Store {
    Sqlite(rusqlite::Connection),
    /// The connection, and the statement that reads everything.
    Postgres(Box<RefCell<postgres::Client>>, postgres::Statement),
}

impl DatabaseReader {
    /// Begins to look into the store at this address.
    pub(crate) fn new(database: &str) -> Self {
        match database.strip_prefix("sqlite://") {
            Some(path) => Self::open_sqlite(path),
            None => Self::open_postgres(database),
        }
    }

    fn open_sqlite(path: &str) -> Self {
        let store = rusqlite::Connection::open(path).unwrap();
        store.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        // Rows are put back a table at a time, and nobody needs them after a power cut.
        store.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF").unwrap();
        let tables = {
            let find = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            let mut found = store.prepare(find).unwrap();
            found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        Self { tables, store: Store::Sqlite(store) }
    }

    fn open_postgres(url: &str) -> Self {
        let mut store = postgres::Client::connect(url, NoTls).unwrap();
        store.batch_execute("SET session_replication_role = replica").unwrap();
        let find =
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
        let tables: Vec<String> = store.query(find, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let each = tables.iter().map(|table| format!("SELECT '{table}', to_jsonb(x)::text FROM {table} x"));
        let all = store.prepare(&each.collect::<Vec<_>>().join(" UNION ALL ")).unwrap();
        Self { tables, store: Store::Postgres(Box::new(RefCell::new(store)), all) }
    }

    /// Everything in the store at this moment.
    pub(crate) fn sees(&self) -> DatabaseSnapshot {
        let mut seen: BTreeMap<_, _> =
            self.tables.iter().map(|table| (table.clone(), BTreeSet::new())).collect();
        match &self.store {
            Store::Sqlite(store) => {
                let moment = store.unchecked_transaction().unwrap();
                for (table, rows) in &mut seen {
                    let mut all = store.prepare_cached(&format!("SELECT * FROM {table}")).unwrap();
                    let names: Vec<String> = all.column_names().map(str::to_owned).collect();
                    let mut found = all.query([]).unwrap();
                    while let Some(row) = found.next().unwrap() {
                        let values = names.iter().enumerate().map(|(at, name)| {
                            let value = match row.get_ref(at).unwrap() {
                                ValueRef::Null => Value::Null,
                                ValueRef::Integer(number) => number.into(),
                                ValueRef::Text(text) => std::str::from_utf8(text).unwrap().into(),
                                other => panic!("{table}.{name} is {other:?}"),
                            };
                            (name.clone(), value)
                        });
                        rows.insert(Value::Object(values.collect()).to_string());
                    }
                }
                moment.finish().unwrap();
            }
            Store::Postgres(store, all) => {
                for row in store.borrow_mut().query(all, &[]).unwrap() {
                    seen.get_mut(row.get::<_, &str>(0)).unwrap().insert(row.get(1));
                }
            }
        }
        DatabaseSnapshot(seen)
    }

    /// Puts the store, in which `now` is, back to `then`.
    pub(crate) fn puts_back(&self, now: &DatabaseSnapshot, then: &DatabaseSnapshot) {
        let changed = then.0.iter().filter(|(table, rows)| now.0[*table] != **rows);
        match &self.store {
            Store::Sqlite(store) => {
                // Begun as one that writes, for it has to wait for its turn rather than fail.
                store.execute_batch("BEGIN IMMEDIATE").unwrap();
                for (table, rows) in changed {
                    store.execute(&format!("DELETE FROM {table}"), []).unwrap();
                    for row in rows {
                        let row: Map<String, Value> = serde_json::from_str(row).unwrap();
                        let names = row.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                        let places = vec!["?"; row.len()].join(", ");
                        let insert = format!("INSERT INTO {table} ({names}) VALUES ({places})");
                        let values = row.into_iter().map(|(_, value)| match value {
                            Value::Null => Sql::Null,
                            Value::Number(number) => Sql::Integer(number.as_i64().unwrap()),
                            Value::String(text) => Sql::Text(text),
                            other => panic!("{other} in {table}"),
                        });
                        let values = rusqlite::params_from_iter(values);
                        store.prepare_cached(&insert).unwrap().execute(values).unwrap();
                    }
                }
                store.execute_batch("COMMIT").unwrap();
            }
            Store::Postgres(store, _) => {
                let mut store = store.borrow_mut();
                let mut work = store.transaction().unwrap();
                for (table, rows) in changed {
                    let rows = rows.iter().map(String::as_str).collect::<Vec<_>>().join(",");
                    let insert = format!(
                        "INSERT INTO {table} OVERRIDING SYSTEM VALUE
                         SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::text::jsonb)"
                    );
                    work.batch_execute(&format!("DELETE FROM {table}")).unwrap();
                    work.execute(&insert, &[&format!("[{rows}]")]).unwrap();
                }
                work.commit().unwrap();
            }
        }
    }

    /// Changes the store behind its server's back.
    pub(crate) fn runs(&self, sql: &str) {
        match &self.store {
            Store::Sqlite(store) => store.execute_batch(sql).unwrap(),
            Store::Postgres(store, _) => store.borrow_mut().batch_execute(sql).unwrap(),
        }
    }
}

impl DatabaseSnapshot {
    /// The rows of a table.
    pub(crate) fn rows(&self, table: &str) -> Vec<Value> {
        self.0[table].iter().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    /// The tables in which it differs from `other`.
    pub(crate) fn tables_that_differ<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(|(table, rows)| other.0[*table] != **rows).map(|(table, _)| table.as_str())
    }

    /// Whether this text is anywhere in it.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.0.values().flatten().any(|row| row.contains(text))
    }
}
