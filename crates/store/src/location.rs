//! The location of a store, as a URL.

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use postgres::Config;
use postgres::config::Host;
use thiserror::Error;

/// The location of a store: `sqlite://PATH` or `postgres://…`. [`fmt::Display`] never shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(String),
}

impl Location {
    /// The expected form, for error messages.
    pub const EXPECTED: &str = "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME, where special characters in USER \
                                and PASSWORD are percent-encoded, such as %40 for @";
}

/// The text is not the location of a store.
#[derive(Debug, Error)]
#[error("the database has to be {}", Location::EXPECTED)]
pub struct LocationError;

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if parse_postgres(text).is_some() { Ok(Self::Postgres(text.to_owned())) } else { Err(LocationError) }
    }
}

/// Parses a PostgreSQL URL. A URL with two `@` is refused: the driver ends user and password at the first one, so that
/// a part of the password would become the host and be shown.
fn parse_postgres(url: &str) -> Option<Config> {
    let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    if !is_postgres || url.matches('@').count() > 1 {
        return None;
    }
    let config: Config = url.parse().ok()?;
    let is_name = |host: &Host| match host {
        Host::Tcp(name) => name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:%".contains(&b)),
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_name).then_some(config)
}

/// Whether the part before the `@` is certainly a user. In `postgres://host:1/db?password=a@b` the driver parses the
/// host as the user, and the end of the password as the host.
fn has_clear_user(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let Some((user_and_password, _)) = rest.split_once('@') else { return true };
    let user = user_and_password.split(':').next().unwrap_or_default();
    let is_plain = user.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%+!$*".contains(&b));
    is_plain && user_and_password.split_once('?').is_none_or(|(_, rest)| !rest.contains('='))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            // Formatted from the parsed parts instead of cut from a text that has a password in it.
            Self::Postgres(url) => match parse_postgres(url).filter(|_| has_clear_user(url)) {
                Some(config) => f.write_str(&postgres_url(&config)),
                None => f.write_str("postgres://(not shown)"),
            },
        }
    }
}

/// Formats the URL of a server without password and options.
fn postgres_url(config: &Config) -> String {
    let mut url = String::from("postgres://");
    if let Some(user) = config.get_user() {
        let _ = write!(url, "{}@", percent_encode(user));
    }
    for (at, host) in config.get_hosts().iter().enumerate() {
        url.push_str(if at > 0 { "," } else { "" });
        match host {
            Host::Tcp(name) if name.contains(':') => {
                let _ = write!(url, "[{name}]");
            }
            Host::Tcp(name) => url.push_str(name),
            Host::Unix(path) => url.push_str(&percent_encode(&path.to_string_lossy())),
        }
        // A single port applies to all hosts.
        let port = config.get_ports().get(at).or(config.get_ports().first()).filter(|port| **port != 5432);
        if let Some(port) = port {
            let _ = write!(url, ":{port}");
        }
    }
    if let Some(name) = config.get_dbname() {
        let _ = write!(url, "/{}", percent_encode(name));
    }
    url
}

/// Percent-encodes a text for a part of a URL.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_and_options_are_not_shown() {
        let display = |text: &str| text.parse::<Location>().unwrap().to_string();
        assert_eq!(display("postgres://me:secret@host:5433/db?password=other"), "postgres://me@host:5433/db");
        assert_eq!(display("postgres://me:se?cret/#%zz@host:5432/db"), "postgres://me@host/db");
        assert_eq!(display("postgres://me%40home:se%40cret@a,b:1/db"), "postgres://me%40home@a,b:1/db");
        assert_eq!(display("postgres://me:x@%2Frun%2Fpg/db"), "postgres://me@%2Frun%2Fpg/db");
        assert_eq!(display("postgres://[::1]:1/db?user=me"), "postgres://me@[::1]:1/db");
        assert_eq!(display("postgresql://host/db"), "postgres://host/db");
        assert_eq!(display("postgres://host:1/db?password=se@cret"), "postgres://(not shown)");
        assert_eq!(display("sqlite://./data/plauder.db"), "sqlite://./data/plauder.db");
    }

    #[test]
    fn invalid_locations_are_refused() {
        for text in [
            "",
            "sqlite://",
            "/var/lib/x.db",
            "mysql://host/db",
            "postgres://host:no-port/db",
            "postgres://me:se@cret@host/db",
            "postgres://me:secret@ho st/db",
            "host=host user=me password=secret",
        ] {
            assert!(text.parse::<Location>().is_err(), "{text:?}");
        }
    }

    proptest! {
        /// For any password, literal or percent-encoded: neither the error nor the shown location has a part of it.
        #[test]
        fn no_part_of_a_password_is_shown(specials in prop::collection::vec("[?@/#%:;=&+, '\"\\\\]{1,2}", 0..6)) {
            let password = specials.iter().fold("hush0".to_owned(), |password, special| password + special + "hush0");
            for written in [password.clone(), percent_encode(&password)] {
                for url in [
                    format!("postgres://me:{written}@host:5432/db"),
                    format!("postgresql://me:{written}@host/db?connect_timeout=3"),
                    format!("postgres://host/db?user=me&password={written}"),
                    format!("host=host user=me password='{written}'"),
                    format!("postgres:user=me password={written}"),
                ] {
                    let shown = match url.parse::<Location>() {
                        Ok(location) => format!("{location} {location:?}"),
                        Err(error) => format!("{error} {error:?}"),
                    };
                    prop_assert!(!shown.contains("hush"), "{url} is shown as {shown}");
                }
            }
            let encoded = format!("postgres://me:{}@host/db", percent_encode(&password)).parse::<Location>();
            prop_assert!(encoded.is_ok(), "an encoded password is accepted");
        }
    }
}
