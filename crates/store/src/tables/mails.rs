//! The outbox of mails. A worker that takes a mail moves its due time past the end of the attempt, and deletes it when
//! it is sent. If the worker dies, the mail becomes due again.

use plauder_model::{MailId, Timestamp};

use crate::driver::params;
use crate::row::row;
use crate::{StoreError, Transaction, statements};

row! {
    /// A mail that a worker has taken to send it.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Mail {
        /// The number of the mail.
        pub id: MailId,
        /// The address of the recipient.
        pub recipient: String,
        /// The subject, which is one line.
        pub subject: String,
        /// The plain text.
        pub body: String,
        /// When the mail was written.
        pub created_at: Timestamp,
        /// How often sending it has failed.
        pub attempts: i64,
    }
}

/// Without address, subject and text, which must not reach a log.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

// Two nodes on PostgreSQL may choose the same mail. The second waits for the first, then checks the row again: it is
// not due any more. PostgreSQL does not run the subquery again, so `due_at` is compared outside of it too.
statements! {
    INSERT = "INSERT INTO mails (recipient, subject, body, created_at, attempts, due_at)
              VALUES ($1, $2, $3, $4, 0, $4)";
    TAKE_DUE = "UPDATE mails SET due_at = $1
                WHERE due_at <= $2
                  AND id IN (SELECT id FROM mails WHERE due_at <= $2 ORDER BY due_at, id LIMIT $3)
                RETURNING {Mail}";
    POSTPONE = "UPDATE mails SET due_at = $1, attempts = $2 WHERE id = $3";
    DELETE = "DELETE FROM mails WHERE id = $1";
    COUNT = "SELECT COUNT(*) FROM mails";
}

/// Creates a mail that is due at once.
pub fn insert(
    tx: &mut Transaction<'_>,
    recipient: &str,
    subject: &str,
    body: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(&INSERT, params![recipient, subject, body, now]).map(drop)
}

/// Takes at most `limit` mails, those that have been due for longest, and makes them due again at `until`. No other
/// worker takes them before. Workers that take mails at the same time may get fewer than are due.
pub fn take_due(tx: &mut Transaction<'_>, until: Timestamp, limit: i64) -> Result<Vec<Mail>, StoreError> {
    let now = tx.now();
    tx.query(&TAKE_DUE, params![until, now, limit])
}

/// Makes a mail due again at `until`, after `attempts` failed attempts.
pub fn put_off(
    tx: &mut Transaction<'_>,
    id: MailId,
    until: Timestamp,
    attempts: i64,
) -> Result<(), StoreError> {
    tx.execute(&POSTPONE, params![until, attempts, id]).map(drop)
}

/// Deletes a mail that was sent.
pub fn delete_sent(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Deletes a mail that cannot be sent.
pub fn give_up(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// The number of mails in the outbox, including those that are being sent.
pub fn count(tx: &mut Transaction<'_>) -> Result<u32, StoreError> {
    let count: i64 = tx.query_one(&COUNT, params![])?.unwrap_or_default();
    u32::try_from(count).map_err(|_| StoreError::Impossible(format!("{count} mails")))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use plauder_model::rng::SeededRng;
    use plauder_model::time::ManualClock;

    use super::*;
    use crate::{Database, Location, Options};

    const MAILS: usize = 40;

    fn open(location: &Location) -> Database {
        let (clock, rng) = (Arc::new(ManualClock::at(1_000)), Arc::new(SeededRng::new(1)));
        Database::open(location, Options::default(), clock, rng).unwrap()
    }

    /// Eight workers take one mail at a time, distributed over the nodes. Each mail is taken once.
    fn take_concurrently(nodes: &[Database]) {
        nodes[0]
            .write_blocking(|tx| (0..MAILS).try_for_each(|n| insert(tx, &format!("{n}@example.org"), "", "")))
            .unwrap();
        let (taken_count, taken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (node, taken_count, taken) = (&nodes[number % nodes.len()], &taken_count, &taken);
                scope.spawn(move || {
                    while taken_count.load(Ordering::SeqCst) < MAILS {
                        let mails = node.write_blocking(|tx| take_due(tx, tx.now() + 1, 1)).unwrap();
                        taken_count.fetch_add(mails.len(), Ordering::SeqCst);
                        taken.lock().unwrap().extend(mails.into_iter().map(|mail| mail.id.0));
                    }
                });
            }
        });
        let mut taken = taken.into_inner().unwrap();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!((taken.len(), taken_count.into_inner()), (MAILS, MAILS));
        assert!(nodes[0].write_blocking(|tx| take_due(tx, tx.now() + 1, 100)).unwrap().is_empty());
        assert_eq!(nodes[0].write_blocking(count).unwrap(), 40);
    }

    #[test]
    fn each_mail_is_taken_once_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        take_concurrently(&[open(&Location::Sqlite(folder.path().join("plauder.db")))]);
    }

    #[test]
    fn each_mail_is_taken_once_on_postgresql() {
        let location = Location::Postgres(plauder_fixtures::fresh_postgres());
        take_concurrently(&[open(&location), open(&location)]);
    }
}
