//! Mails on their way out. One that is being tried stays here, put off to a time by which that has ended: who ends in
//! the middle of it leaves the mail to the next one.

use plauder_model::{MailId, Timestamp};

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

/// A mail that somebody took to send it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its number.
    pub id: MailId,
    /// The address that it is for.
    pub recipient: String,
    /// Its subject: one line.
    pub subject: String,
    /// Its text, plain.
    pub body: String,
    /// When it was put here.
    pub created_at: Timestamp,
    /// How often sending it failed so far.
    pub attempts: i64,
}

/// Not what is written in it: that is nobody's business but the recipient's.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

// To take one, a node of PostgreSQL waits for another that is just taking the same, then looks at the row again: it is
// not due any more. So that part of the condition stands outside of the subquery too.
statements! {
    INSERT = "INSERT INTO mails (recipient, subject, body, created_at, attempts, due_at)
              VALUES ($1, $2, $3, $4, 0, $4)";
    TAKE_DUE = "UPDATE mails SET due_at = $1
                WHERE due_at <= $2
                  AND id IN (SELECT id FROM mails WHERE due_at <= $2 ORDER BY due_at, id LIMIT $3)
                RETURNING id, recipient, subject, body, created_at, attempts";
    PUT_OFF = "UPDATE mails SET due_at = $1, attempts = $2 WHERE id = $3";
    DELETE = "DELETE FROM mails WHERE id = $1";
    COUNT = "SELECT COUNT(*) FROM mails";
}

/// Puts a mail here, to be sent as soon as may be.
pub fn insert(
    tx: &mut Transaction<'_>,
    recipient: &str,
    subject: &str,
    body: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT, params![recipient, subject, body, now]).map(drop)
}

/// Takes at most `limit` mails that are due, those first that have been for longest, and puts them off to `until`:
/// nobody else takes them before. Where several take at once, some may get fewer than there are.
pub fn take_due(tx: &mut Transaction<'_>, until: Timestamp, limit: i64) -> Result<Vec<Mail>, StoreError> {
    let now = tx.now();
    tx.query(&TAKE_DUE, params![until, now, limit], |row| {
        Ok(Mail {
            id: MailId(row.int()?),
            recipient: row.text()?,
            subject: row.text()?,
            body: row.text()?,
            created_at: row.int()?,
            attempts: row.int()?,
        })
    })
}

/// Puts a mail off to `until`, after `attempts` attempts in all.
pub fn put_off(
    tx: &mut Transaction<'_>,
    id: MailId,
    until: Timestamp,
    attempts: i64,
) -> Result<(), StoreError> {
    tx.execute(&PUT_OFF, params![until, attempts, id]).map(drop)
}

/// Removes a mail that was sent.
pub fn sent(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Removes a mail that is not tried any more.
pub fn give_up(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// How many mails wait, those among them that are being tried.
pub fn count(tx: &mut Transaction<'_>) -> Result<u32, StoreError> {
    let count = tx.query_one(&COUNT, params![], |row| row.number(|count| u32::try_from(count).ok()))?;
    Ok(count.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use plauder_model::chance::Sequence;
    use plauder_model::time::ManualClock;

    use super::*;
    use crate::{Database, Location, Options};

    const MAILS: usize = 40;

    fn open(location: &Location) -> Database {
        let (clock, chance) = (Arc::new(ManualClock::at(1_000)), Arc::new(Sequence::new(1)));
        Database::open(location, Options::default(), clock, chance).unwrap()
    }

    /// Eight who take at once, some through one node and some through another, each one mail at a time.
    fn each_is_taken_once(nodes: &[Database]) {
        nodes[0]
            .write_blocking(|tx| (0..MAILS).try_for_each(|n| insert(tx, &format!("{n}@example.org"), "", "")))
            .unwrap();
        let (so_far, taken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (node, so_far, taken) = (&nodes[number % nodes.len()], &so_far, &taken);
                scope.spawn(move || {
                    while so_far.load(Ordering::SeqCst) < MAILS {
                        let mails = node.write_blocking(|tx| take_due(tx, tx.now() + 1, 1)).unwrap();
                        so_far.fetch_add(mails.len(), Ordering::SeqCst);
                        taken.lock().unwrap().extend(mails.into_iter().map(|mail| mail.id.0));
                    }
                });
            }
        });
        let mut taken = taken.into_inner().unwrap();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!((taken.len(), so_far.into_inner()), (MAILS, MAILS));
        assert!(nodes[0].write_blocking(|tx| take_due(tx, tx.now() + 1, 100)).unwrap().is_empty());
        assert_eq!(nodes[0].write_blocking(count).unwrap(), 40);
    }

    #[test]
    fn each_is_taken_once_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        each_is_taken_once(&[open(&Location::Sqlite(folder.path().join("plauder.db")))]);
    }

    #[test]
    fn each_is_taken_once_on_postgresql() {
        let location = Location::Postgres(plauder_fixtures::fresh_postgres());
        each_is_taken_once(&[open(&location), open(&location)]);
    }
}
