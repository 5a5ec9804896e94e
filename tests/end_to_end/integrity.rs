//! What has to be true of a store whatever people did: `plauder check` looks at it after every story, when its server is
//! dropped.

use std::path::Path;

use crate::server::{Server, command};

/// What is out of order in a store; empty: nothing.
pub(crate) fn violations(folder: &Path, database: &str) -> String {
    let checked = command(folder, database, &[]).arg("check").output().unwrap();
    if checked.status.success() {
        return String::new();
    }
    String::from_utf8_lossy(&[checked.stdout, checked.stderr].concat()).into_owned()
}

#[test]
fn disorder_is_found() {
    let app = Server::on_sqlite();
    let room = app.user("alice").creates_group("Room");
    assert_eq!(violations(app.folder.path(), &app.database), "");
    let path = app.database.strip_prefix("sqlite://").unwrap();
    let store = rusqlite::Connection::open(path).unwrap();
    let set = |accounts| {
        let changed = "UPDATE conversations SET accounts = ?1 WHERE token = ?2";
        assert_eq!(store.execute(changed, (accounts, &room.0)).unwrap(), 1);
    };
    set(7);
    let found = violations(app.folder.path(), &app.database);
    assert!(found.contains("1 times a stored count of accounts that differs from the rows"), "{found}");
    set(1);
}
