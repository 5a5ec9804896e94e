//! The kinds of settings: how a value is read, which values are accepted, and which part of a value is displayed.

use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use plauder_live::NatsUrl;
use plauder_model::EmailAddress;
use plauder_store::Location;
use toml::Value;
use tracing::Level;

use crate::MailServer;

/// A kind of setting.
pub trait Kind {
    /// The type that the program uses.
    type Output;

    /// Whether a value is never displayed.
    const IS_SECRET: bool = false;

    /// A description of the accepted values, for error messages.
    #[must_use]
    fn expected() -> String;

    /// Parses a variable or an option. [`Self::read`] refuses an invalid value.
    #[must_use]
    fn from_text(text: &str) -> Value {
        Value::from(text)
    }

    /// Reads a value, if it is valid.
    fn read(value: &Value) -> Option<Self::Output>;

    /// The value without secrets.
    fn redacted(output: &Self::Output) -> Value;
}

/// Kinds that are written as text and read by a function.
macro_rules! text_kinds {
    ($($kind:ty: $output:ty, $expected:expr, $read:expr, $show:expr;)+) => {
        $(impl Kind for $kind {
            type Output = $output;

            fn expected() -> String {
                $expected.to_owned()
            }

            fn read(value: &Value) -> Option<$output> {
                let read: fn(&str) -> Option<$output> = $read;
                read(value.as_str()?)
            }

            fn redacted(output: &$output) -> Value {
                let show: fn(&$output) -> String = $show;
                Value::from(show(output))
            }
        })+
    };
}

/// A text that is not empty.
pub struct Text;

/// A web address, read without trailing slashes.
pub struct WebAddress;

/// A network, or a single address.
pub struct Network;

text_kinds! {
    Text: String, "a text that is not empty", |text| (!text.is_empty()).then(|| text.to_owned()), String::clone;
    SocketAddr: Self, "ADDRESS:PORT", |text| text.parse().ok(), ToString::to_string;
    WebAddress: String, "http://… or https://…", web_address, String::clone;
    Network: IpNet, "an address or a network", network, ToString::to_string;
    Location: Self, Location::EXPECTED, |text| text.parse().ok(), ToString::to_string;
    NatsUrl: Self, NatsUrl::EXPECTED, |text| text.parse().ok(), ToString::to_string;
    MailServer: Self, MailServer::EXPECTED, |text| text.parse().ok(), ToString::to_string;
    EmailAddress: Self, "an e-mail address", EmailAddress::parse, |address| address.as_str().to_owned();
    Level: Self, "error, warn, info, debug or trace", |text| text.parse().ok(), |level| level.as_str().to_lowercase();
    LogFormat: Self, "text or json", LogFormat::parse, |format| format.name().to_owned();
}

fn web_address(text: &str) -> Option<String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b));
    (plain && host.bytes().any(|b| b.is_ascii_alphanumeric())).then(|| url.to_owned())
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object per line.
    Json,
}

impl LogFormat {
    fn parse(text: &str) -> Option<Self> {
        [Self::Text, Self::Json].into_iter().find(|format| format.name() == text)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// A secret such as a password. It may be empty. Only [`Secret::expose`] returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret, if it is not empty.
    #[must_use]
    pub fn expose(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|secret| !secret.is_empty())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "hidden" })
    }
}

impl Kind for Secret {
    type Output = Self;

    const IS_SECRET: bool = true;

    fn expected() -> String {
        "a text".to_owned()
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(|secret| Self(secret.to_owned()))
    }

    fn redacted(output: &Self) -> Value {
        Value::from(if output.0.is_empty() { "" } else { "(hidden)" })
    }
}

/// A number from `MIN` to `MAX`.
pub struct Number<T, const MIN: i64, const MAX: i64>(PhantomData<T>);

impl<T, const MIN: i64, const MAX: i64> Kind for Number<T, MIN, MAX>
where
    T: TryFrom<i64> + TryInto<i64> + Copy,
{
    type Output = T;

    fn expected() -> String {
        format!("a number from {MIN} to {MAX}")
    }

    fn from_text(text: &str) -> Value {
        text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
    }

    fn read(value: &Value) -> Option<T> {
        let number = value.as_integer().filter(|number| (MIN..=MAX).contains(number))?;
        T::try_from(number).ok()
    }

    fn redacted(output: &T) -> Value {
        Value::from((*output).try_into().unwrap_or_default())
    }
}

/// An optional setting: an empty text means none.
impl<K: Kind> Kind for Option<K> {
    type Output = Option<K::Output>;

    const IS_SECRET: bool = K::IS_SECRET;

    fn expected() -> String {
        format!("{} or empty", K::expected())
    }

    fn from_text(text: &str) -> Value {
        K::from_text(text)
    }

    fn read(value: &Value) -> Option<Self::Output> {
        if value.as_str() == Some("") { Some(None) } else { K::read(value).map(Some) }
    }

    fn redacted(output: &Self::Output) -> Value {
        output.as_ref().map_or_else(|| Value::from(""), K::redacted)
    }
}

/// A list. In a variable, commas separate its items.
impl<K: Kind> Kind for Vec<K> {
    type Output = Vec<K::Output>;

    const IS_SECRET: bool = K::IS_SECRET;

    fn expected() -> String {
        format!("a list, each item {}", K::expected())
    }

    fn from_text(text: &str) -> Value {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        Value::Array(items.map(K::from_text).collect())
    }

    fn read(value: &Value) -> Option<Self::Output> {
        value.as_array()?.iter().map(K::read).collect()
    }

    fn redacted(output: &Self::Output) -> Value {
        Value::Array(output.iter().map(K::redacted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_read_without_trailing_slashes() {
        for (text, url) in [
            ("https://talk.example.org", "https://talk.example.org"),
            ("https://example.org:8443/talk/", "https://example.org:8443/talk"),
            ("http://[::1]:8080//", "http://[::1]:8080"),
        ] {
            assert_eq!(web_address(text).as_deref(), Some(url));
        }
        for text in [
            "talk.example.org",
            "ftp://x",
            "https://",
            "https:///x",
            "https://a b",
            "https://a?b",
            "https://a\nb",
            "https://me:secret@a",
        ] {
            assert_eq!(web_address(text), None, "{text:?}");
        }
    }
}
