//! The clock, the random source and the store of this machine.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use plauder_config::Config;
use plauder_model::{Clock, Rng, Timestamp};
use plauder_store::{Database, Location, Options};

use crate::Failed;

/// The clock of this machine.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system's clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::try_from(since.as_secs()).unwrap_or(Timestamp::MAX)
    }
}

/// The secure random source of this machine.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system's random source")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no secret is safe, so the program ends.
        getrandom::fill(bytes).expect("the system has a random source");
    }
}

/// Opens the configured store. Only a server creates a missing store: a command that runs in the wrong folder would
/// create and read an empty one.
pub(crate) fn open_store(config: &Config, serve: bool) -> Result<Database, Failed> {
    if let Location::Sqlite(path) = &config.database.url
        && !serve
        && !path.exists()
    {
        return Err(format!(
            "there is no store at {}: start the server once, or give its --database",
            path.display()
        )
        .into());
    }
    let options = Options {
        readers: if serve { config.database.sqlite_readers } else { 1 },
        connections: if serve { config.database.postgres_connections } else { 1 },
        serve,
    };
    Ok(Database::open(&config.database.url, options, Arc::new(SystemClock), Arc::new(SystemRng))?)
}
