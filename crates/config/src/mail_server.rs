//! The address of the mail server.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use thiserror::Error;

/// The mail server through which mails are sent. Its [`fmt::Display`] omits the password.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// When the connection becomes encrypted.
    pub encryption: Encryption,
    /// Its name or address, the latter without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User and password, if the server requires them.
    pub credentials: Option<(String, String)>,
}

/// When a connection becomes an encrypted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never. For a server on the same machine or in a private network.
    Never,
    /// After the greeting. If the server does not support it, nothing is sent.
    StartTls,
    /// From the beginning.
    Always,
}

/// The text is not the address of a mail server.
#[derive(Debug, Error)]
#[error("the mail server has to be {}", MailServer::EXPECTED)]
pub struct MailServerError;

impl Encryption {
    const ALL: [Self; 3] = [Self::Never, Self::StartTls, Self::Always];

    fn scheme(self) -> &'static str {
        match self {
            Self::Never => "smtp",
            Self::StartTls => "smtp+starttls",
            Self::Always => "smtps",
        }
    }
}

impl MailServer {
    /// A description of the accepted texts, for error messages.
    pub const EXPECTED: &str =
        "smtp://HOST:PORT, smtp+starttls://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT";
}

impl FromStr for MailServer {
    type Err = MailServerError;

    fn from_str(text: &str) -> Result<Self, MailServerError> {
        let (scheme, rest) = text.split_once("://").ok_or(MailServerError)?;
        let encryption = Encryption::ALL.into_iter().find(|encryption| encryption.scheme() == scheme);
        let encryption = encryption.ok_or(MailServerError)?;
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, rest),
        };
        let credentials = match credentials {
            // A password is not sent unencrypted.
            Some(_) if encryption == Encryption::Never => return Err(MailServerError),
            Some(credentials) => Some(user_and_password(credentials).ok_or(MailServerError)?),
            None => None,
        };
        let (host, port) = place.rsplit_once(':').ok_or(MailServerError)?;
        let host = host_of(host).ok_or(MailServerError)?.to_owned();
        let port = port.parse().ok().filter(|port| *port != 0).ok_or(MailServerError)?;
        Ok(Self { encryption, host, port, credentials })
    }
}

fn user_and_password(credentials: &str) -> Option<(String, String)> {
    let (user, password) = credentials.split_once(':')?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned);
    let both = (decode(user)?, decode(password)?);
    (!both.0.is_empty() && !both.1.is_empty()).then_some(both)
}

/// A host name or address. An IPv6 address stands in brackets.
fn host_of(text: &str) -> Option<&str> {
    if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok().then_some(address);
    }
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    (plain && !text.is_empty()).then_some(text)
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.encryption.scheme())?;
        if let Some((user, _)) = &self.credentials {
            write!(f, "{user}@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> MailServer {
        text.parse().unwrap()
    }

    #[test]
    fn mail_server_addresses_are_parsed() {
        let plain = server("smtp://localhost:25");
        assert_eq!((plain.encryption, plain.credentials.clone()), (Encryption::Never, None));
        assert_eq!((plain.host.as_str(), plain.port), ("localhost", 25));
        let signed_in = server("smtp+starttls://talk@example.org:p%40ss:w/rd@mail.example.org:587");
        assert_eq!(signed_in.encryption, Encryption::StartTls);
        assert_eq!(signed_in.credentials, Some(("talk@example.org".to_owned(), "p@ss:w/rd".to_owned())));
        assert_eq!((signed_in.host.as_str(), signed_in.port), ("mail.example.org", 587));
        assert_eq!(server("smtps://mail.example.org:465").encryption, Encryption::Always);
        assert_eq!(server("smtp://[::1]:25").host, "::1");
    }

    #[test]
    fn passwords_are_not_displayed() {
        let displayed = format!("{:?}", server("smtps://me:se@cret%21@host:465"));
        assert_eq!(displayed, "smtps://me@host:465");
        assert_eq!(server("smtp://[::1]:25").to_string(), "smtp://[::1]:25");
    }

    #[test]
    fn invalid_mail_server_addresses_are_refused() {
        for text in [
            "localhost:25",
            "http://localhost:25",
            "smtp://localhost",
            "smtp://localhost:0",
            "smtp://localhost:mail",
            "smtp://:25",
            "smtp://::1:25",
            "smtp://me:password@localhost:25",
            "smtps://me@host:465",
            "smtps://:password@host:465",
            "smtps://me:@host:465",
            "smtps://me:%ff@host:465",
            "smtps://a b:465",
            "smtps://host:465/path",
        ] {
            assert!(text.parse::<MailServer>().is_err(), "{text:?}");
        }
    }
}
