//! `plauder check`.

use plauder_config::Config;
use plauder_store::integrity;

use crate::Failed;
use crate::system;

/// Checks the integrity of the store and prints the violations.
pub(crate) fn run(config: &Config) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
    let violations = database.write_blocking(integrity::violations)?;
    if violations.is_empty() {
        println!("{} is in order", config.database.url);
        return Ok(());
    }
    for (violation, count) in &violations {
        println!("{count} times {violation}");
    }
    Err(format!("{} is not in order: report this with the lines above", config.database.url).into())
}
