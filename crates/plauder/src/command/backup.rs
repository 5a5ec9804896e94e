//! `plauder backup`.

use std::path::Path;

use plauder_store::Database;

use crate::Failed;
use crate::config::Config;

/// Copies the store, and says where it is.
pub(crate) fn run(config: &Config, file: &Path) -> Result<(), Failed> {
    if file.exists() {
        return Err(format!("{} is there already; a backup overwrites nothing", file.display()).into());
    }
    Database::back_up(&config.database, file)?;
    println!("copied {} to {}", config.database, file.display());
    Ok(())
}
