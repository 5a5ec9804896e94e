//! Sends the mails that wait in the store, one after the other, beside everything else that the server does.
//!
//! What is logged of a mail is its number, the attempt, and where and with which code it ended; neither what is in it
//! nor what a mail server said of it, for that repeats addresses.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use lettre::{Address, Message};
use plauder_config::{Encryption, MailServer};
use plauder_model::EmailAddress;
use plauder_server::MailCounts;
use plauder_store::{Database, StoreError};
use plauder_talk::mail::outbox::{self, Mail};
use plauder_talk::secret;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Failed;

/// How often it is looked whether a mail is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long is waited after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(10);

/// How long one step may take. There are seven of them at most, which is well within [`outbox::LEASE`].
const STEP: Duration = Duration::from_secs(30);

/// What sends mails.
pub(crate) struct Mailer {
    database: Database,
    counts: MailCounts,
    delivery: Arc<Delivery>,
}

/// Where mails are handed over, and in whose name.
struct Delivery {
    server: MailServer,
    tls: Option<TlsParameters>,
    from: Address,
    hello: ClientId,
}

/// Why a mail was not taken.
#[derive(Debug)]
struct Refusal {
    /// What was being done.
    step: &'static str,
    /// What the mail server answered.
    code: Option<u16>,
    /// What happened, where it was no answer.
    cause: Option<String>,
    /// Whether it would be the same another time.
    for_good: bool,
}

impl Refusal {
    fn new(step: &'static str, cause: impl Into<String>) -> Self {
        Self { step, code: None, cause: Some(cause.into()), for_good: false }
    }

    fn smtp(step: &'static str, error: &SmtpError) -> Self {
        let code = error.status().map(u16::from);
        // What a server wrote is not repeated, see above.
        let cause = (code.is_none() && !error.is_response()).then(|| error.to_string());
        Self { step, code, cause, for_good: false }
    }

    fn for_good(self) -> Self {
        Self { for_good: true, ..self }
    }
}

impl Mailer {
    /// Something that sends the mails of a store. Does not try to reach the mail server yet.
    pub(crate) fn new(
        database: Database,
        counts: MailCounts,
        server: MailServer,
        from: &EmailAddress,
    ) -> Result<Self, Failed> {
        let tls = match server.encryption {
            Encryption::Never => None,
            Encryption::StartTls | Encryption::Always => Some(TlsParameters::new(server.host.clone())?),
        };
        let from = address(from.as_str()).ok_or("mail.from cannot be written in a mail")?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Self { database, counts, delivery: Arc::new(Delivery { server, tls, from, hello }) })
    }

    /// Sends what waits until told to stop. A mail that is being sent then is sent to its end.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.send_next().await {
                Ok(true) => continue,
                Ok(false) => LOOK_EVERY,
                Err(error) => {
                    tracing::error!(%error, "the store failed the mails in it");
                    STORE_PAUSE
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Tries to send one mail. `false` if none is due.
    async fn send_next(&self) -> Result<bool, StoreError> {
        let Some(mail) = self.database.write(outbox::take).await? else { return Ok(false) };
        let attempt = mail.attempts + 1;
        let number = mail.id.0;
        // As a task of its own, waited for at once: should a mail make something panic, that is one failed attempt.
        let mut errand = JoinSet::new();
        errand.spawn(deliver(Arc::clone(&self.delivery), mail.clone()));
        let handed_over = match errand.join_next().await {
            Some(Ok(handed_over)) => handed_over,
            _ => Err(Refusal::new("sending", "it panicked")),
        };
        let Refusal { step, code, cause, for_good } = match handed_over {
            Ok(connection) => {
                self.database.write(move |tx| outbox::sent(tx, mail.id)).await?;
                self.counts.sent();
                tracing::info!(mail = number, attempt, "a mail was sent");
                take_leave(connection).await;
                return Ok(true);
            }
            Err(refusal) => refusal,
        };
        let again = self.database.write(move |tx| {
            if for_good { outbox::give_up(tx, mail.id).map(|()| None) } else { outbox::put_off(tx, &mail) }
        });
        if again.await?.is_some() {
            self.counts.put_off();
            tracing::warn!(mail = number, attempt, step, code, cause, "a mail was put off");
        } else {
            self.counts.abandoned();
            tracing::warn!(mail = number, attempt, step, code, cause, "a mail was given up");
        }
        Ok(true)
    }
}

/// Does one step of handing over, in its time.
async fn step<T>(name: &'static str, work: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Refusal> {
    match timeout(STEP, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Refusal::smtp(name, &error)),
        Err(_) => Err(Refusal::new(name, "it took too long")),
    }
}

/// Hands a mail over. Only what the server says of the recipient is for good: anything else may be a mistake in the
/// configuration, here or there, that somebody corrects while the mail waits.
async fn deliver(delivery: Arc<Delivery>, mail: Mail) -> Result<AsyncSmtpConnection, Refusal> {
    let (to, letter) = write(&delivery.from, &mail)?;
    let ascii = to.user().is_ascii() && delivery.from.user().is_ascii();
    let parameters = if ascii { Vec::new() } else { vec![MailParameter::SmtpUtfEight] };
    let mut connection = connect(&delivery).await?;
    let from = MailFrom::new(Some(delivery.from.clone()), parameters);
    step("MAIL", connection.command(from)).await?;
    step("RCPT", connection.command(Rcpt::new(to, Vec::new()))).await.map_err(|refusal| {
        match refusal.code {
            Some(500..) => refusal.for_good(),
            _ => refusal,
        }
    })?;
    step("DATA", connection.command(Data)).await?;
    step("text", connection.message(&letter)).await?;
    Ok(connection)
}

/// Goes to the mail server and says who it is, encrypted as far as the operator wanted.
async fn connect(delivery: &Delivery) -> Result<AsyncSmtpConnection, Refusal> {
    let Delivery { server, tls, hello, .. } = delivery;
    let from_the_beginning = tls.clone().filter(|_| server.encryption == Encryption::Always);
    let place = (server.host.as_str(), server.port);
    let connecting = AsyncSmtpConnection::connect_tokio1(place, Some(STEP), hello, from_the_beginning, None);
    let mut connection = step("connecting", connecting).await?;
    if let Some(tls) = tls.clone().filter(|_| server.encryption == Encryption::StartTls) {
        step("STARTTLS", connection.starttls(tls, hello)).await?;
    }
    if let Some((user, password)) = &server.credentials {
        let credentials = Credentials::new(user.clone(), password.clone());
        step("AUTH", connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
    }
    Ok(connection)
}

/// Says goodbye; the mail is sent, whatever comes of it.
async fn take_leave(mut connection: AsyncSmtpConnection) {
    let _ = step("QUIT", connection.quit()).await;
}

/// The mail as it travels: whom it goes to, and its text with head and body. The same mail gives the same at every
/// attempt, so that whoever gets it twice can tell.
fn write(from: &Address, mail: &Mail) -> Result<(Address, Vec<u8>), Refusal> {
    let impossible = |what| Refusal::new("writing", what).for_good();
    let to = address(&mail.recipient).ok_or_else(|| impossible("the address cannot be written in a mail"))?;
    let seconds = u64::try_from(mail.created_at).unwrap_or_default();
    let identity = format!("{} {} {}\n{}", mail.id.0, mail.created_at, mail.recipient, mail.body);
    let identity = format!("<{}@{}>", &secret::hash(&identity)[..32], from.domain());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let letter = Message::builder()
        .from(from.clone().into())
        .to(to.clone().into())
        .subject(mail.subject.clone())
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(identity))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|_| impossible("it cannot be written as a mail"))?;
    Ok((to, letter.formatted()))
}

/// An address as it is written in mails: the domain in the letters that every mail server knows.
fn address(text: &str) -> Option<Address> {
    let (local, domain) = text.rsplit_once('@')?;
    Address::new(local, idna::domain_to_ascii(domain).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use plauder_model::MailId;

    use super::*;

    fn mail(recipient: &str, subject: &str, body: &str) -> Mail {
        Mail {
            id: MailId(7),
            recipient: recipient.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            created_at: 1_600_000_000,
            attempts: 0,
        }
    }

    fn written(mail: &Mail) -> String {
        let (_, letter) = write(&address("talk@example.org").unwrap(), mail).unwrap();
        String::from_utf8(letter).unwrap()
    }

    #[test]
    fn a_mail_has_a_head_and_plain_text() {
        let letter = written(&mail("dora@example.org", "Hello", "One\nTwo\n"));
        let (head, body) = letter.split_once("\r\n\r\n").unwrap();
        for line in [
            "From: talk@example.org",
            "To: dora@example.org",
            "Subject: Hello",
            "Date: Sun, 13 Sep 2020 12:26:40 +0000",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(head.lines().any(|found| found == line), "{line} is not in {head}");
        }
        assert_eq!(body, "One\r\nTwo\r\n");
        let again = written(&mail("dora@example.org", "Hello", "One\nTwo\n"));
        assert_eq!(letter, again, "it is the same at every attempt");
        let other = written(&mail("dora@example.org", "Hello", "One\n"));
        let id =
            |letter: &str| letter.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned();
        assert_ne!(id(&letter), id(&other));
    }

    #[test]
    fn nothing_in_it_becomes_a_header() {
        let nasty = "Zoë\r\nBcc: all@example.org\r\n\r\n<b>\0";
        let letter = written(&mail("dora@example.org", nasty, "Zoë\n.\nBcc: x\n"));
        let (head, _) = letter.split_once("\r\n\r\n").unwrap();
        assert!(letter.is_ascii() && !head.contains("Bcc"), "{letter}");
        let nasty = "Eve\r\nBcc: all@example.org";
        let head = written(&mail("dora@example.org", nasty, "x"));
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    }

    #[test]
    fn addresses_as_mail_servers_know_them() {
        let known = |text| address(text).map(|address| address.to_string());
        assert_eq!(known("dora@müller.example").as_deref(), Some("dora@xn--mller-kva.example"));
        assert_eq!(known("dora@localhost").as_deref(), Some("dora@localhost"));
        assert_eq!(known("zoë@example.org").as_deref(), Some("zoë@example.org"));
        for text in ["", "dora", "a..b@example.org", "a@b@c", "a b@example.org", "a@b\r\nc", "<a@b.c>"] {
            assert_eq!(known(text), None, "{text:?}");
        }
        let refused = write(&address("talk@example.org").unwrap(), &mail("a..b@example.org", "x", "x"));
        assert!(refused.unwrap_err().for_good);
    }
}
