//! `plauder config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the settings in force and where each comes from
    Show,
    /// Print a configuration file with every setting and its meaning
    Example,
}
