//! `plauder config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the settings in force with their origins
    Show,
    /// Print a configuration file with every setting and its meaning
    Example,
}
