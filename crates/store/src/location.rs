//! Where a store is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Where a store is: `sqlite://PATH` or `postgres://…`. Its [`fmt::Display`] never shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(String),
}

/// A text that is not the address of a store.
#[derive(Debug, Error)]
#[error("the database has to be given as sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME")]
pub struct LocationError;

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if is_postgres && text.parse::<postgres::Config>().is_ok() {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(LocationError)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                // Options may hold a password too.
                let address = rest.split('?').next().unwrap_or_default();
                match address.rsplit_once('@') {
                    Some((credentials, host)) => {
                        let user = credentials.split(':').next().unwrap_or_default();
                        write!(f, "{scheme}://{user}@{host}")
                    }
                    None => write!(f, "{scheme}://{address}"),
                }
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let shown = |text: &str| text.parse::<Location>().unwrap().to_string();
        assert_eq!(shown("postgres://me:se@cret@host:5432/db?password=other"), "postgres://me@host:5432/db");
        assert_eq!(shown("postgresql://host/db"), "postgresql://host/db");
        assert_eq!(shown("sqlite://./data/plauder.db"), "sqlite://./data/plauder.db");
    }

    #[test]
    fn what_is_no_store() {
        for text in ["", "sqlite://", "/var/lib/x.db", "mysql://host/db", "postgres://host:no-port/db"] {
            assert!(text.parse::<Location>().is_err(), "{text:?}");
        }
    }
}
