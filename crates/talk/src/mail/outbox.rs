//! Mails that wait to be sent, and when each is due.
//!
//! A mailer takes a mail for the time [`LEASE`], sends it and records the result. If it is killed before that, the mail
//! is taken again after the lease: a mail is sent at least once, and twice only if the mailer was killed between the
//! two.

use plauder_model::{EmailAddress, MailId, Timestamp};
pub use plauder_store::mails::Mail;
use plauder_store::{StoreError, Transaction, mails};

use super::one_line;

/// The lease of a mail that a server took, in seconds. Sending must end earlier.
pub const LEASE: i64 = 5 * MINUTE;

/// How long sending is tried, in seconds.
const PATIENCE: i64 = 3 * 24 * HOUR;

/// The pauses after the first failure, the second and so on, in seconds; the last one is repeated.
const WAITS: [i64; 5] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// The maximum length of a subject, in characters. The rest is cut off.
const SUBJECT: usize = 250;

/// Puts a mail into the outbox, to be sent once the transaction is committed. The subject becomes one line; the body is
/// plain text.
pub fn enqueue(
    tx: &mut Transaction<'_>,
    recipient: &EmailAddress,
    subject: &str,
    body: &str,
) -> Result<(), StoreError> {
    let body: String = body.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    mails::insert(tx, recipient.as_str(), &one_line(subject, SUBJECT), &body)
}

/// Takes the mail that has been due longest, if one is. No other mailer takes it for the time [`LEASE`].
///
/// One at a time: the last of several would have to wait for the others, and its lease could end before.
pub fn take(tx: &mut Transaction<'_>) -> Result<Option<Mail>, StoreError> {
    let until = tx.now() + LEASE;
    Ok(mails::take_due(tx, until, 1)?.pop())
}

/// Records that the mail was sent.
pub fn sent(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    mails::delete_sent(tx, id)
}

/// Records a failure that may pass. Returns when the mail is due again; `None`: never.
pub fn put_off(tx: &mut Transaction<'_>, mail: &Mail) -> Result<Option<Timestamp>, StoreError> {
    let attempts = mail.attempts + 1;
    let again = next_attempt(mail.created_at, attempts, tx.now());
    match again {
        Some(until) => mails::put_off(tx, mail.id, until, attempts)?,
        None => give_up(tx, mail.id)?,
    }
    Ok(again)
}

/// Records that the mail can never be sent.
pub fn give_up(tx: &mut Transaction<'_>, id: MailId) -> Result<(), StoreError> {
    mails::give_up(tx, id)
}

/// When a mail from `created_at`, for which `attempts` attempts failed, the last one now, is tried again: after 1
/// minute, 5, 30, 2 hours, then every 6, for the last time when it is three days old. `None` after that.
#[must_use]
pub fn next_attempt(created_at: Timestamp, attempts: i64, now: Timestamp) -> Option<Timestamp> {
    let failures = usize::try_from(attempts.max(1)).unwrap_or(usize::MAX);
    let wait = WAITS[failures.min(WAITS.len()) - 1];
    let last = created_at + PATIENCE;
    (now < last).then(|| (now + wait).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    fn enqueue_mail(app: &App, subject: &'static str) {
        let recipient = EmailAddress::parse("dora@example.org").unwrap();
        app.write(move |tx| enqueue(tx, &recipient, subject, "Hello"));
    }

    fn takes(app: &App) -> Option<Mail> {
        app.write(take)
    }

    fn waiting(app: &App) -> u32 {
        app.write(mails::count)
    }

    #[test]
    fn a_mail_is_taken_once_and_deleted_when_sent() {
        let app = App::new();
        enqueue_mail(&app, "First");
        enqueue_mail(&app, "Second");
        let (first, second) = (takes(&app).unwrap(), takes(&app).unwrap());
        assert_eq!((first.subject.as_str(), second.subject.as_str()), ("First", "Second"));
        assert_eq!((first.recipient.as_str(), first.body.as_str()), ("dora@example.org", "Hello"));
        assert_eq!(first.created_at, 1_600_000_000);
        assert_eq!(takes(&app), None, "both are being tried");
        assert_eq!(waiting(&app), 2);
        app.write(move |tx| sent(tx, first.id));
        app.write(move |tx| give_up(tx, second.id));
        app.wind(10 * HOUR);
        assert_eq!((takes(&app), waiting(&app)), (None, 0));
    }

    #[test]
    fn a_mail_without_a_result_is_taken_again_after_its_lease() {
        let app = App::new();
        enqueue_mail(&app, "Hello");
        let mail = takes(&app).unwrap();
        app.wind(LEASE - 1);
        assert_eq!(takes(&app), None);
        app.wind(1);
        assert_eq!(takes(&app), Some(mail));
    }

    #[test]
    fn a_failed_mail_is_retried_and_given_up_after_three_days() {
        let app = App::new();
        enqueue_mail(&app, "Hello");
        let mut attempts = 0;
        loop {
            let mail = takes(&app).unwrap();
            assert_eq!(mail.attempts, attempts);
            attempts += 1;
            let Some(again) = app.write(move |tx| put_off(tx, &mail)) else { break };
            let now = app.write(|tx| Ok::<_, StoreError>(tx.now()));
            app.wind(again - now - 1);
            assert_eq!(takes(&app), None, "not earlier than it was put off to");
            app.wind(1);
        }
        assert_eq!((attempts, waiting(&app)), (17, 0));
    }

    #[test]
    fn a_mail_is_queued_only_if_its_transaction_commits() {
        let app = App::new();
        let recipient = EmailAddress::parse("dora@example.org").unwrap();
        let refused = app.try_write(move |tx| {
            enqueue(tx, &recipient, "Hello", "Hello")?;
            Err::<(), _>(StoreError::Closed)
        });
        assert!(refused.is_err());
        assert_eq!(waiting(&app), 0);
    }

    #[test]
    fn a_subject_is_one_line_and_a_body_is_plain() {
        let app = App::new();
        let recipient = EmailAddress::parse("dora@example.org").unwrap();
        app.write(move |tx| {
            enqueue(tx, &recipient, "Hi\r\nBcc: eve@example.org", "One\r\n\tTwo\0\u{1b}[2J\n.\n")
        });
        let mail = takes(&app).unwrap();
        assert_eq!(mail.subject, "Hi Bcc: eve@example.org");
        assert_eq!(mail.body, "One\n\tTwo[2J\n.\n");
    }

    #[test]
    fn mails_are_taken_in_the_order_in_which_they_are_due() {
        let app = App::new();
        for subject in ["First", "Second", "Third"] {
            enqueue_mail(&app, subject);
            app.wind(1);
        }
        let mut subjects: Vec<String> = app
            .write(|tx| mails::take_due(tx, tx.now() + LEASE, 2))
            .into_iter()
            .map(|mail| mail.subject)
            .collect();
        subjects.sort();
        assert_eq!(subjects, ["First", "Second"]);
        assert_eq!(takes(&app).unwrap().subject, "Third");
    }

    #[test]
    fn pauses_grow_up_to_six_hours_for_three_days() {
        let wait = |attempts| next_attempt(1_000, attempts, 1_000).unwrap() - 1_000;
        let waits = [1, 2, 3, 4, 5, 6, 400].map(wait);
        assert_eq!(waits, [60, 300, 1_800, 7_200, 21_600, 21_600, 21_600]);
        assert_eq!(wait(0), 60, "and none that cannot be");

        let last = 1_000 + 3 * 24 * 3_600;
        assert_eq!(next_attempt(1_000, 9, last - 21_600), Some(last));
        assert_eq!(next_attempt(1_000, 9, last - 1), Some(last), "a last time when it is three days old");
        assert_eq!(next_attempt(1_000, 10, last), None);
        assert_eq!(next_attempt(1_000, 1, last + 1), None, "what could not be tried earlier was tried now");
    }
}
