//! The worker that sends the mails in the store, one after the other.
//!
//! The log names the number of a mail, the attempt, and the step and code with which it ended. It contains neither the
//! mail nor the text of the mail server's answer, which repeats addresses.

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

/// The polling interval for due mails.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The pause after an error of the store.
const STORE_PAUSE: Duration = Duration::from_secs(10);

/// The time limit of a step. There are at most seven steps, so that all end well within [`outbox::LEASE`].
const STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// The worker that sends mails.
pub(crate) struct Mailer {
    database: Database,
    counts: MailCounts,
    transport: Arc<MailTransport>,
}

/// The mail server and the sender of mails.
struct MailTransport {
    server: MailServer,
    tls: Option<TlsParameters>,
    from: Address,
    hello: ClientId,
}

/// Why an attempt to send a mail failed.
#[derive(Debug)]
struct SendError {
    /// The step that failed.
    step: &'static str,
    /// The code of the mail server's answer.
    code: Option<u16>,
    /// The cause, if it was not an answer.
    cause: Option<String>,
    /// Whether a further attempt would fail too.
    is_permanent: bool,
}

impl SendError {
    fn new(step: &'static str, cause: impl Into<String>) -> Self {
        Self { step, code: None, cause: Some(cause.into()), is_permanent: false }
    }

    fn smtp(step: &'static str, error: &SmtpError) -> Self {
        let code = error.status().map(u16::from);
        // The text of an answer is not logged, see above.
        let cause = (code.is_none() && !error.is_response()).then(|| error.to_string());
        Self { step, code, cause, is_permanent: false }
    }

    fn permanent(self) -> Self {
        Self { is_permanent: true, ..self }
    }
}

impl Mailer {
    /// A mailer for a store. It does not connect to the mail server yet.
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
        let from = address(from.as_str()).ok_or("mail.from is no address that a mail can have")?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Self { database, counts, transport: Arc::new(MailTransport { server, tls, from, hello }) })
    }

    /// Sends due mails until the server is to stop. A mail in progress is finished.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.send_next().await {
                Ok(true) => continue,
                Ok(false) => POLL_INTERVAL,
                Err(error) => {
                    tracing::error!(%error, "the store failed while mails were being sent");
                    STORE_PAUSE
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Tries to send one mail. Returns `false` if none is due.
    async fn send_next(&self) -> Result<bool, StoreError> {
        let Some(mail) = self.database.write(outbox::take).await? else { return Ok(false) };
        let attempt = mail.attempts + 1;
        let number = mail.id.0;
        // A task of its own: a panic while a mail is sent counts as one failed attempt.
        let mut task = JoinSet::new();
        task.spawn(deliver(Arc::clone(&self.transport), mail.clone()));
        let result = match task.join_next().await {
            Some(Ok(result)) => result,
            _ => Err(SendError::new("sending", "it panicked")),
        };
        let SendError { step, code, cause, is_permanent } = match result {
            Ok(connection) => {
                self.database.write(move |tx| outbox::sent(tx, mail.id)).await?;
                self.counts.sent();
                tracing::info!(mail = number, attempt, "a mail was sent");
                quit(connection).await;
                return Ok(true);
            }
            Err(error) => error,
        };
        let next_attempt = self.database.write(move |tx| {
            if is_permanent {
                outbox::give_up(tx, mail.id).map(|()| None)
            } else {
                outbox::put_off(tx, &mail)
            }
        });
        if next_attempt.await?.is_some() {
            self.counts.put_off();
            tracing::warn!(mail = number, attempt, step, code, cause, "a mail was put off");
        } else {
            self.counts.abandoned();
            tracing::warn!(mail = number, attempt, step, code, cause, "a mail was given up");
        }
        Ok(true)
    }
}

/// Runs a step within [`STEP_TIMEOUT`].
async fn step<T>(
    name: &'static str,
    work: impl Future<Output = Result<T, SmtpError>>,
) -> Result<T, SendError> {
    match timeout(STEP_TIMEOUT, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(SendError::smtp(name, &error)),
        Err(_) => Err(SendError::new(name, "it took too long")),
    }
}

/// Sends a mail to the mail server. Only a refusal of the recipient is permanent: any other failure may be a mistake in
/// the configuration of either server, which an operator may correct while the mail waits.
async fn deliver(transport: Arc<MailTransport>, mail: Mail) -> Result<AsyncSmtpConnection, SendError> {
    let (to, text) = format_mail(&transport.from, &mail)?;
    let ascii = to.user().is_ascii() && transport.from.user().is_ascii();
    let parameters = if ascii { Vec::new() } else { vec![MailParameter::SmtpUtfEight] };
    let mut connection = connect(&transport).await?;
    let from = MailFrom::new(Some(transport.from.clone()), parameters);
    step("MAIL", connection.command(from)).await?;
    step("RCPT", connection.command(Rcpt::new(to, Vec::new()))).await.map_err(|error| match error.code {
        Some(500..) => error.permanent(),
        _ => error,
    })?;
    step("DATA", connection.command(Data)).await?;
    step("text", connection.message(&text)).await?;
    Ok(connection)
}

/// Connects to the mail server, with encryption and authentication as configured.
async fn connect(transport: &MailTransport) -> Result<AsyncSmtpConnection, SendError> {
    let MailTransport { server, tls, hello, .. } = transport;
    let implicit_tls = tls.clone().filter(|_| server.encryption == Encryption::Always);
    let place = (server.host.as_str(), server.port);
    let connecting =
        AsyncSmtpConnection::connect_tokio1(place, Some(STEP_TIMEOUT), hello, implicit_tls, None);
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

/// Ends the connection. An error is ignored, because the mail is sent.
async fn quit(mut connection: AsyncSmtpConnection) {
    let _ = step("QUIT", connection.quit()).await;
}

/// The recipient of a mail, and its text with head and body. The text is the same at every attempt, so that a recipient
/// can recognise a duplicate by its message id.
fn format_mail(from: &Address, mail: &Mail) -> Result<(Address, Vec<u8>), SendError> {
    let impossible = |what| SendError::new("writing", what).permanent();
    let to = address(&mail.recipient).ok_or_else(|| impossible("the address cannot be written in a mail"))?;
    let seconds = u64::try_from(mail.created_at).unwrap_or_default();
    let identity = format!("{} {} {}\n{}", mail.id.0, mail.created_at, mail.recipient, mail.body);
    let message_id = format!("<{}@{}>", &secret::hash(&identity)[..32], from.domain());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from.clone().into())
        .to(to.clone().into())
        .subject(mail.subject.clone())
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(message_id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|_| impossible("it cannot be written as a mail"))?;
    Ok((to, message.formatted()))
}

/// An address for mails, with its domain in ASCII.
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

    fn formatted(mail: &Mail) -> String {
        let (_, text) = format_mail(&address("talk@example.org").unwrap(), mail).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_mail_has_a_head_and_plain_text() {
        let text = formatted(&mail("dora@example.org", "Hello", "One\nTwo\n"));
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
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
        let again = formatted(&mail("dora@example.org", "Hello", "One\nTwo\n"));
        assert_eq!(text, again, "the text is the same at every attempt");
        let other = formatted(&mail("dora@example.org", "Hello", "One\n"));
        let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned();
        assert_ne!(id(&text), id(&other));
    }

    #[test]
    fn subject_and_body_cannot_add_headers() {
        let nasty = "Zoë\r\nBcc: all@example.org\r\n\r\n<b>\0";
        let text = formatted(&mail("dora@example.org", nasty, "Zoë\n.\nBcc: x\n"));
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(text.is_ascii() && !head.contains("Bcc"), "{text}");
        let nasty = "Eve\r\nBcc: all@example.org";
        let head = formatted(&mail("dora@example.org", nasty, "x"));
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    }

    #[test]
    fn domains_are_written_in_ascii() {
        let known = |text| address(text).map(|address| address.to_string());
        assert_eq!(known("dora@müller.example").as_deref(), Some("dora@xn--mller-kva.example"));
        assert_eq!(known("dora@localhost").as_deref(), Some("dora@localhost"));
        assert_eq!(known("zoë@example.org").as_deref(), Some("zoë@example.org"));
        for text in ["", "dora", "a..b@example.org", "a@b@c", "a b@example.org", "a@b\r\nc", "<a@b.c>"] {
            assert_eq!(known(text), None, "{text:?}");
        }
        let refused = format_mail(&address("talk@example.org").unwrap(), &mail("a..b@example.org", "x", "x"));
        assert!(refused.unwrap_err().is_permanent);
    }
}
