//! `plauder backup`.

use std::path::Path;

use plauder_config::Config;
use plauder_store::Database;

use crate::Failed;

/// Copies the store to `file`.
pub(crate) fn run(config: &Config, file: &Path) -> Result<(), Failed> {
    if file.exists() {
        return Err(format!("{} exists already; a backup overwrites nothing", file.display()).into());
    }
    Database::back_up(&config.database.url, file)?;
    println!("copied {} to {}", config.database.url, file.display());
    Ok(())
}
