//! Configuration: defaults ← file ← environment ← flags. Every setting is named once, in [`SETTINGS`].

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use plauder_live::NatsUrl;
use plauder_model::EmailAddress;
use plauder_store::Location;
use thiserror::Error;
use toml::{Table, Value};

use crate::arguments::Arguments;
use crate::mail_server::MailServer;

/// A setting: its key in the file, which with `PLAUDER_` before it and in capitals is its variable.
struct Setting {
    key: &'static str,
    default: Default,
    help: &'static str,
}

/// What a setting is by itself; this also tells what it can be.
#[derive(Clone, Copy)]
enum Default {
    Text(&'static str),
    Number(i64),
    /// Several texts; in a variable separated by commas.
    List,
}

const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        default: Default::Text("127.0.0.1:8080"),
        help: "Where to listen for requests: ADDRESS:PORT.",
    },
    Setting {
        key: "database",
        default: Default::Text("sqlite://data/plauder.db"),
        help: "Where the store is: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME.",
    },
    Setting {
        key: "admin_user",
        default: Default::Text("admin"),
        help: "The first administrator, made where there is no account yet. The password is taken from the variable\n\
               PLAUDER_ADMIN_PASSWORD; without it a random one is printed once.",
    },
    Setting {
        key: "trusted_proxies",
        default: Default::List,
        help: "Addresses or networks of the proxies in front of the server. Only their X-Forwarded-For and\n\
               X-Forwarded-Proto are believed.",
    },
    Setting {
        key: "public_url",
        default: Default::Text(""),
        help: "How people reach the server, such as https://talk.example.org: what links in mails begin with. Empty:\n\
               http:// and where it listens.",
    },
    Setting {
        key: "mail_server",
        default: Default::Text(""),
        help: "The server that mails are handed to: smtp://HOST:PORT (without encryption),\n\
               smtp+starttls://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT; what is special in USER and\n\
               PASSWORD is written as in addresses, such as %40. Empty: no mail is sent.",
    },
    Setting {
        key: "mail_from",
        default: Default::Text(""),
        help: "The address that mails come from; required where there is a mail_server.",
    },
    Setting {
        key: "password_min_length",
        default: Default::Number(8),
        help: "How short the password of an account may be, in characters.",
    },
    Setting {
        key: "password_memory_seconds",
        default: Default::Number(300),
        help: "How long a password that was right is remembered in memory, in seconds, so that programs which send it\n\
               with every request do not cost a slow hash each time. 0: not at all.",
    },
    Setting {
        key: "guest_joins_per_minute",
        default: Default::Number(120),
        help: "How many guests may come online from one address (IPv6: one /64) in a minute. 0: any number.",
    },
    Setting {
        key: "guest_waits",
        default: Default::Number(500),
        help: "How many requests of guests from one address may wait for messages at once. 0: any number.",
    },
    Setting {
        key: "nats_url",
        default: Default::Text(""),
        help: "The NATS server through which several servers on one PostgreSQL store wake each other's waiting requests:\n\
               nats://USER:PASSWORD@HOST:PORT or tls://…. Empty: this is the only server.",
    },
    Setting {
        key: "metrics_listen",
        default: Default::Text(""),
        help: "Where Prometheus finds /metrics: ADDRESS:PORT. Empty: nowhere.",
    },
    Setting {
        key: "log_format",
        default: Default::Text("text"),
        help: "How the log is written: text (lines for people) or json.",
    },
    Setting {
        key: "log_level",
        default: Default::Text("info"),
        help: "How much is logged: error, warn, info, debug or trace.",
    },
    Setting {
        key: "sqlite_readers",
        default: Default::Number(2),
        help: "How many threads read an SQLite store at the same time.",
    },
    Setting {
        key: "postgres_connections",
        default: Default::Number(8),
        help: "How many connections to a PostgreSQL store are used.",
    },
    Setting {
        key: "shutdown_seconds",
        default: Default::Number(10),
        help: "How long requests may take to end when the server is told to, in seconds.",
    },
];

/// The file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "plauder.toml";

/// The configuration in force.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database: Location,
    pub(crate) admin_user: String,
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Without a slash at the end.
    pub(crate) public_url: Option<String>,
    pub(crate) mail: Option<Mail>,
    pub(crate) password_min_length: usize,
    pub(crate) password_memory_seconds: i64,
    pub(crate) guest_joins_per_minute: u32,
    pub(crate) guest_waits: u32,
    pub(crate) nats_url: Option<NatsUrl>,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) log_json: bool,
    pub(crate) log_level: tracing::Level,
    pub(crate) sqlite_readers: usize,
    pub(crate) postgres_connections: usize,
    pub(crate) shutdown_seconds: u64,
}

/// How mails are sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) server: MailServer,
    pub(crate) from: EmailAddress,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration file {0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the configuration file {0} is not TOML: line {1}: {2}")]
    Syntax(PathBuf, usize, String),
    #[error("the configuration file {0} has an unknown key: {1} (see plauder config example)")]
    UnknownKey(PathBuf, String),
    #[error("{key} (from {source_name}) has to be {wanted}")]
    Value { key: &'static str, source_name: String, wanted: &'static str },
}

/// Every setting with the value that counts and where it comes from.
pub(crate) struct Layers(Vec<Layered>);

struct Layered {
    setting: &'static Setting,
    value: Value,
    source: String,
}

impl Layers {
    /// Gathers what file, environment and flags say.
    pub(crate) fn gather(arguments: &Arguments) -> Result<Self, ConfigError> {
        let environment = |name: &str| std::env::var(name).ok();
        let named = arguments.config.clone().or_else(|| environment("PLAUDER_CONFIG").map(PathBuf::from));
        let file = match named {
            Some(path) => Some(read(&path)?),
            None if Path::new(DEFAULT_FILE).exists() => Some(read(Path::new(DEFAULT_FILE))?),
            None => None,
        };
        Self::layer(file, environment, |key| match key {
            "listen" => arguments.listen.clone(),
            "database" => arguments.database.clone(),
            "admin_user" => arguments.admin_user.clone(),
            _ => None,
        })
    }

    fn layer(
        file: Option<(PathBuf, Table)>,
        environment: impl Fn(&str) -> Option<String>,
        flag: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let (path, mut table) = file.unwrap_or_default();
        let mut layers = Vec::new();
        for setting in SETTINGS {
            let variable = setting.variable();
            let in_file = table.remove(setting.key);
            let (value, source) = if let Some(text) = flag(setting.key) {
                (setting.parse(&text), format!("--{}", setting.key.replace('_', "-")))
            } else if let Some(text) = environment(&variable) {
                (setting.parse(&text), variable)
            } else if let Some(value) = in_file {
                (value, path.display().to_string())
            } else {
                (setting.default.value(), "default".to_owned())
            };
            layers.push(Layered { setting, value, source });
        }
        match table.into_iter().next() {
            Some((unknown, _)) => Err(ConfigError::UnknownKey(path, unknown)),
            None => Ok(Self(layers)),
        }
    }

    /// The configuration, if everything in it is as it has to be.
    pub(crate) fn resolve(&self) -> Result<Config, ConfigError> {
        Ok(Config {
            listen: self.take("listen", "ADDRESS:PORT", text_as)?,
            database: self.take("database", "sqlite://PATH or postgres://…", text_as)?,
            admin_user: self.take("admin_user", "a name", |value| value.as_str().map(str::to_owned))?,
            trusted_proxies: self.take("trusted_proxies", "a list of addresses or networks", |value| {
                value.as_array()?.iter().map(|item| network(item.as_str()?)).collect()
            })?,
            public_url: self.take("public_url", "http://… or https://… or empty", |value| match value
                .as_str()?
            {
                "" => Some(None),
                text => public_url(text).map(Some),
            })?,
            mail: self.resolve_mail()?,
            password_min_length: self.take("password_min_length", "a number from 1 to 64", |value| {
                number_from(value, 1, 64).and_then(|n| usize::try_from(n).ok())
            })?,
            password_memory_seconds: self.take(
                "password_memory_seconds",
                "a number from 0 to 86400",
                |value| number_from(value, 0, 86_400),
            )?,
            guest_joins_per_minute: self.take(
                "guest_joins_per_minute",
                "a number from 0 to 1000000",
                |value| number_from(value, 0, 1_000_000).and_then(|n| u32::try_from(n).ok()),
            )?,
            guest_waits: self.take("guest_waits", "a number from 0 to 1000000", |value| {
                number_from(value, 0, 1_000_000).and_then(|n| u32::try_from(n).ok())
            })?,
            nats_url: self.take(
                "nats_url",
                "nats://HOST:PORT, tls://HOST:PORT or empty",
                |value| match value.as_str()? {
                    "" => Some(None),
                    text => text.parse().ok().map(Some),
                },
            )?,
            metrics_listen: self.take("metrics_listen", "ADDRESS:PORT or empty", |value| {
                match value.as_str()? {
                    "" => Some(None),
                    text => text.parse().ok().map(Some),
                }
            })?,
            log_json: self.take("log_format", "text or json", |value| match value.as_str()? {
                "text" => Some(false),
                "json" => Some(true),
                _ => None,
            })?,
            log_level: self.take("log_level", "error, warn, info, debug or trace", text_as)?,
            sqlite_readers: self.take("sqlite_readers", "a number from 1 to 64", |value| {
                number_from(value, 1, 64).and_then(|n| usize::try_from(n).ok())
            })?,
            postgres_connections: self.take("postgres_connections", "a number from 1 to 1000", |value| {
                number_from(value, 1, 1000).and_then(|n| usize::try_from(n).ok())
            })?,
            shutdown_seconds: self.take("shutdown_seconds", "a number from 0 to 3600", |value| {
                number_from(value, 0, 3600).and_then(|n| u64::try_from(n).ok())
            })?,
        })
    }

    fn resolve_mail(&self) -> Result<Option<Mail>, ConfigError> {
        let server: Option<MailServer> =
            self.take("mail_server", MailServer::WANTED, |value| match value.as_str()? {
                "" => Some(None),
                text => text.parse().ok().map(Some),
            })?;
        let wanted = "an address, where there is a mail_server";
        let from = self.take("mail_from", wanted, |value| match value.as_str()? {
            "" if server.is_none() => Some(None),
            text => EmailAddress::parse(text).map(Some),
        })?;
        Ok(server.zip(from).map(|(server, from)| Mail { server, from }))
    }

    fn take<T>(
        &self,
        key: &'static str,
        wanted: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let layered = self.0.iter().find(|layered| layered.setting.key == key);
        let source_name = layered.map_or_else(String::new, |layered| layered.source.clone());
        layered.and_then(|layered| read(&layered.value)).ok_or(ConfigError::Value {
            key,
            source_name,
            wanted,
        })
    }

    /// The configuration in force, with where each value comes from, and without secrets.
    pub(crate) fn show(&self) -> String {
        let mut shown = String::new();
        for Layered { setting, value, source } in &self.0 {
            let value = match value.as_str() {
                Some(url) if setting.key == "database" => Value::from(
                    url.parse::<Location>().map_or_else(|_| String::new(), |place| place.to_string()),
                ),
                Some(url) if setting.key == "nats_url" => {
                    Value::from(url.parse::<NatsUrl>().map_or_else(|_| String::new(), |url| url.to_string()))
                }
                Some(url) if setting.key == "mail_server" => Value::from(
                    url.parse::<MailServer>().map_or_else(|_| String::new(), |server| server.to_string()),
                ),
                _ => value.clone(),
            };
            let _ = writeln!(shown, "{} = {value}  # {source}", setting.key);
        }
        shown
    }
}

/// A file with every setting in it, each at its default.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# The configuration of Plauder. Every line here is the default; take the # away from those you change.\n\
         # Each setting has a variable too: PLAUDER_ and its key in capitals, such as PLAUDER_LISTEN.\n",
    );
    for setting in SETTINGS {
        let help = setting.help.replace('\n', "\n# ");
        let _ = write!(text, "\n# {help}\n#{} = {}\n", setting.key, setting.default.value());
    }
    text
}

/// Whether a variable says anything to this program.
pub(crate) fn is_variable(name: &str) -> bool {
    ["PLAUDER_CONFIG", "PLAUDER_ADMIN_PASSWORD"].contains(&name)
        || SETTINGS.iter().any(|setting| setting.variable() == name)
}

impl Setting {
    fn variable(&self) -> String {
        format!("PLAUDER_{}", self.key.to_uppercase())
    }

    /// What a variable or a flag says. A text that does not fit is refused later, with its source.
    fn parse(&self, text: &str) -> Value {
        match self.default {
            Default::Text(_) => Value::from(text),
            Default::Number(_) => text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
            Default::List => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(Value::from).collect())
            }
        }
    }
}

impl Default {
    fn value(self) -> Value {
        match self {
            Self::Text(text) => Value::from(text),
            Self::Number(number) => Value::from(number),
            Self::List => Value::Array(Vec::new()),
        }
    }
}

fn read(path: &Path) -> Result<(PathBuf, Table), ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::File(path.to_owned(), error))?;
    // The whole of the error would show the line, and there may be a password in it.
    let table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ConfigError::Syntax(path.to_owned(), before.matches('\n').count() + 1, error.message().to_owned())
    })?;
    Ok((path.to_owned(), table))
}

fn text_as<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

fn number_from(value: &Value, least: i64, most: i64) -> Option<i64> {
    value.as_integer().filter(|number| (least..=most).contains(number))
}

/// An address for people, without the slash that may end it.
fn public_url(text: &str) -> Option<String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b));
    (plain && host.bytes().any(|b| b.is_ascii_alphanumeric())).then(|| url.to_owned())
}

/// A network, or the one address that it consists of.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Layers, ConfigError> {
        let find = |pairs: &[(&str, &str)], name: &str| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let file = (PathBuf::from("test.toml"), file.parse().unwrap());
        Layers::layer(Some(file), |name| find(environment, name), |name| find(flags, name))
    }

    #[test]
    fn flags_before_environment_before_file_before_defaults() {
        let file =
            "listen = \"1.1.1.1:1\"\nadmin_user = \"file\"\npassword_min_length = 9\nsqlite_readers = 3";
        let environment = [
            ("PLAUDER_LISTEN", "2.2.2.2:2"),
            ("PLAUDER_ADMIN_USER", "env"),
            ("PLAUDER_PASSWORD_MIN_LENGTH", "10"),
        ];
        let all = layers(file, &environment, &[("listen", "3.3.3.3:3")]).unwrap();
        let config = all.resolve().unwrap();
        assert_eq!(config.listen.to_string(), "3.3.3.3:3");
        assert_eq!(config.admin_user, "env");
        assert_eq!(config.password_min_length, 10);
        assert_eq!(config.sqlite_readers, 3);
        assert_eq!(config.postgres_connections, 8);
        let shown = all.show();
        assert!(shown.contains("listen = \"3.3.3.3:3\"  # --listen\n"), "{shown}");
        assert!(shown.contains("password_min_length = 10  # PLAUDER_PASSWORD_MIN_LENGTH\n"), "{shown}");
        assert!(shown.contains("sqlite_readers = 3  # test.toml\n"), "{shown}");
        assert!(shown.contains("postgres_connections = 8  # default\n"), "{shown}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |result: Result<Config, ConfigError>| result.unwrap_err().to_string();
        let resolve = |file, environment| layers(file, environment, &[]).and_then(|layers| layers.resolve());
        assert!(said(resolve("lissten = \"x\"", &[])).contains("unknown key: lissten"));
        let wrong = said(resolve("listen = 8080", &[]));
        assert_eq!(wrong, "listen (from test.toml) has to be ADDRESS:PORT");
        let wrong = said(resolve("", &[("PLAUDER_SQLITE_READERS", "many")]));
        assert_eq!(wrong, "sqlite_readers (from PLAUDER_SQLITE_READERS) has to be a number from 1 to 64");
        assert!(said(resolve("trusted_proxies = [\"home\"]", &[])).contains("trusted_proxies"));
        assert!(said(resolve("database = \"mysql://x\"", &[])).contains("database"));
    }

    #[test]
    fn lists_come_from_a_variable_too() {
        let all = layers("", &[("PLAUDER_TRUSTED_PROXIES", "10.0.0.0/8, ::1")], &[]).unwrap();
        let proxies: Vec<String> =
            all.resolve().unwrap().trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
    }

    #[test]
    fn no_password_is_shown() {
        let all = layers("database = \"postgres://me:secret@host/db\"", &[], &[]).unwrap();
        assert!(all.show().contains("postgres://me@host/db"));
        assert!(!all.show().contains("secret"));
        assert!(!format!("{:?}", all.resolve().unwrap()).contains("secret"));
    }

    #[test]
    fn the_password_of_the_mail_server_is_not_shown() {
        let file = "mail_server = \"smtps://me:secret@host:465\"\nmail_from = \"talk@example.org\"";
        let all = layers(file, &[], &[]).unwrap();
        assert!(all.show().contains("mail_server = \"smtps://me@host:465\""), "{}", all.show());
        assert!(!all.show().contains("secret"));
        assert!(!format!("{:?}", all.resolve().unwrap()).contains("secret"));
    }

    #[test]
    fn mail_needs_a_server_and_a_sender() {
        let resolve = |file: &str| layers(file, &[], &[]).unwrap().resolve();
        assert!(resolve("").unwrap().mail.is_none());
        assert!(resolve("mail_from = \"talk@example.org\"").unwrap().mail.is_none());
        let said = |file: &str| resolve(file).unwrap_err().to_string();
        assert_eq!(
            said("mail_server = \"smtp://localhost:25\""),
            "mail_from (from default) has to be an address, where there is a mail_server"
        );
        let wrong = said("mail_server = \"smtp://me:secret@localhost:25\"\nmail_from = \"talk@example.org\"");
        assert!(wrong.starts_with("mail_server (from test.toml) has to be smtp://HOST:PORT"), "{wrong}");
        assert!(!wrong.contains("secret"), "{wrong}");
        assert!(said("mail_from = \"talk\"").contains("mail_from"));
    }

    #[test]
    fn how_people_reach_the_server() {
        for (text, url) in [
            ("https://talk.example.org", "https://talk.example.org"),
            ("https://example.org:8443/talk/", "https://example.org:8443/talk"),
            ("http://[::1]:8080//", "http://[::1]:8080"),
        ] {
            assert_eq!(public_url(text).as_deref(), Some(url));
        }
        for text in [
            "talk.example.org",
            "ftp://x",
            "https://",
            "https:///x",
            "https://a b",
            "https://a?b",
            "https://a\nb",
        ] {
            assert_eq!(public_url(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_example_holds_every_setting_at_its_default() {
        let active: String = example()
            .lines()
            .map(|line| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(""))
            .collect::<Vec<_>>()
            .join("\n");
        let from_example = layers(&active, &[], &[]).unwrap();
        assert_eq!(active.parse::<Table>().unwrap().len(), SETTINGS.len());
        let shown = |layers: &Layers| layers.show().replace("test.toml", "default");
        assert_eq!(shown(&from_example), shown(&layers("", &[], &[]).unwrap()));
    }
}
