//! `plauder check`.

use plauder_config::Config;
use plauder_store::integrity;

use crate::Failed;
use crate::world;

/// Looks through the store for what must not be in it, and says what it found.
pub(crate) fn run(config: &Config) -> Result<(), Failed> {
    let database = world::open(config, false)?;
    let found = database.write_blocking(integrity::violations)?;
    if found.is_empty() {
        println!("{} is in order", config.database.url);
        return Ok(());
    }
    for (what, count) in &found {
        println!("{count} times {what}");
    }
    Err(format!("{} is not in order: tell its makers, with the lines above", config.database.url).into())
}
