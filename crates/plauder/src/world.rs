//! The real clock and the real dice.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use plauder_config::Config;
use plauder_model::{Clock, Rng, Timestamp};
use plauder_store::{Database, Location, Options};

use crate::Failed;

/// The clock of this machine.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::try_from(since.as_secs()).unwrap_or(Timestamp::MAX)
    }
}

/// The secure random source of this machine.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "this is where chance comes in")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness there are no secrets, and nothing that could be done safely.
        getrandom::fill(bytes).expect("the system has a random source");
    }
}

/// Opens the store that is configured. Only a server makes one where there is none: a command that did would look at an
/// empty one because it ran in the wrong folder.
pub(crate) fn open(config: &Config, serve: bool) -> Result<Database, Failed> {
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
