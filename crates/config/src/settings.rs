//! The declaration of every setting.
//!
//! To add a setting, declare it here and use its field. `option` adds a command-line option; `replaces` names keys of
//! earlier releases, which are still accepted with a warning. The variable is `PLAUDER_SECTION_KEY`.

use std::net::SocketAddr;

use plauder_live::NatsUrl;
use plauder_model::EmailAddress;
use plauder_store::Location;
use tracing::Level;

use crate::MailServer;
use crate::declaration::settings;
use crate::kind::{LogFormat, Network, Number, Secret, Text, WebAddress};

settings! {
    /// Where the server listens and how people reach it.
    server: Server {
        /// The address and port that the server listens on for requests.
        listen: SocketAddr = "127.0.0.1:8080", option "listen ADDRESS:PORT", replaces "listen";
        /// The address that people reach the server at, such as `https://talk.example.org`. Links in mails and
        /// notifications begin with it. Empty: `http://` and the address that the server listens on.
        public_url: Option<WebAddress> = "", replaces "public_url";
        /// Addresses or networks of the proxies in front of the server. X-Forwarded-For and X-Forwarded-Proto are
        /// believed only when they come from one of these.
        trusted_proxies: Vec<Network> = "", replaces "trusted_proxies";
        /// The time that requests in flight have to end after the server is told to stop, in seconds.
        shutdown_seconds: Number<u64, 0, 3600> = 10, replaces "shutdown_seconds";
    }

    /// The store.
    database: Database {
        /// The place of the store: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Special characters in user
        /// and password are percent-encoded, such as `%40` for `@`.
        url: Location = "sqlite://data/plauder.db", option "database URL", replaces "database";
        /// The number of threads that read an SQLite store at the same time.
        sqlite_readers: Number<usize, 1, 64> = 2, replaces "sqlite_readers";
        /// The number of connections to a PostgreSQL store.
        postgres_connections: Number<usize, 1, 1000> = 8, replaces "postgres_connections";
    }

    /// The NATS server that connects several servers on one PostgreSQL store.
    nats: Nats {
        /// The NATS server: `nats://USER:PASSWORD@HOST:PORT`, `nats://TOKEN@HOST:PORT` or the same with `tls://`.
        /// Special characters in user, password and token are percent-encoded. Empty: this is the only server.
        url: Option<NatsUrl> = "", replaces "nats_url";
    }

    /// The first administrator, who is created when the store has no account yet.
    admin: Admin {
        /// The id of the first administrator.
        user: Text = "admin", option "admin-user NAME", replaces "admin_user";
        /// The password of the first administrator. Empty: a random one is printed once. There is no option for it,
        /// because every process of the machine can read the options of another.
        password: Secret = "";
    }

    /// Passwords of accounts.
    passwords: Passwords {
        /// The least number of characters in the password of an account.
        min_length: Number<usize, 1, 64> = 8, replaces "password_min_length";
        /// The time that a correct password is cached in memory, in seconds, so that programs which send it with every
        /// request do not cost a slow hash each time. 0: not at all.
        cache_seconds: Number<i64, 0, 86_400> = 300, replaces "password_memory_seconds";
    }

    /// Limits on what guests do from one address. An IPv6 address counts with its /64 network.
    limits: Limits {
        /// The number of guests from one address who may come online in a minute. 0: no limit.
        guest_joins_per_minute: Number<u32, 0, 1_000_000> = 120, replaces "guest_joins_per_minute";
        /// The number of requests of guests from one address that may wait for messages at once. 0: no limit.
        guest_polls: Number<u32, 0, 1_000_000> = 500, replaces "guest_waits";
    }

    /// Limits on connections and requests.
    connections: Connections {
        /// The number of connections that are open at once. Further ones are refused with 503.
        max: Number<usize, 1, 1_000_000> = 20_000;
        /// The time that the whole body of a request may take to arrive, in seconds.
        body_seconds: Number<u64, 1, 86_400> = 120;
    }

    /// The sizes of caches. Each is bounded and drops what was used least recently.
    caches: Caches {
        /// The memory that rendered conversations may take, in bytes. 0: none are cached.
        rooms_bytes: Number<usize, 0, 68_719_476_736> = 67_108_864;
        /// The number of verified passwords. 0: none are cached.
        passwords: Number<usize, 0, 10_000_000> = 50_000;
        /// The number of clients that were admitted to wait for messages a moment ago. 0: none are cached.
        recent_access: Number<usize, 0, 10_000_000> = 100_000;
        /// The number of tokens whose conversation is known without the store. 0: none are cached.
        tokens: Number<usize, 0, 10_000_000> = 100_000;
    }

    /// Mail.
    mail: Mail {
        /// The mail server: `smtp://HOST:PORT` (without encryption), `smtp+starttls://USER:PASSWORD@HOST:PORT` or
        /// `smtps://USER:PASSWORD@HOST:PORT`. Special characters in user and password are percent-encoded, such as
        /// `%40` for `@`. Empty: no mail is sent.
        server: Option<MailServer> = "", replaces "mail_server";
        /// The address that mails come from. Required when there is a mail server.
        from: Option<EmailAddress> = "", replaces "mail_from";
    }

    /// The log on standard error.
    log: Log {
        /// The format of the log: text (lines for people) or json.
        format: LogFormat = "text", replaces "log_format";
        /// The least severe level that is logged: error, warn, info, debug or trace.
        level: Level = "info", replaces "log_level";
    }

    /// Metrics for Prometheus.
    metrics: Metrics {
        /// The address and port that /metrics is served on. Empty: nowhere.
        listen: Option<SocketAddr> = "", replaces "metrics_listen";
    }
}

impl Mail {
    /// The mail server and the address that mails come from, if mails are sent.
    #[must_use]
    pub fn sender(&self) -> Option<(&MailServer, &EmailAddress)> {
        self.server.as_ref().zip(self.from.as_ref())
    }
}
