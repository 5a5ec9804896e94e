//! The command line.
#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::command::app_password::AppPasswordCommand;
use crate::command::circle::CircleCommand;
use crate::command::config::ConfigCommand;
use crate::command::group::GroupCommand;
use crate::command::user::UserCommand;

/// The server side of Talk's conversations in one program.
///
/// Settings come from, later ones first: flags, environment variables, the configuration file, defaults. `plauder
/// config example` prints all of them with their meaning, `plauder config show` those in force.
#[derive(Debug, Parser)]
#[command(name = "plauder", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// The configuration file (PLAUDER_CONFIG; without one: plauder.toml, if it is there)
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Where the store is: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME (PLAUDER_DATABASE)
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database: Option<String>,
    /// Where to listen for requests (PLAUDER_LISTEN; without one: 127.0.0.1:8080)
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    pub(crate) listen: Option<String>,
    /// The first administrator, made where there is no account yet (PLAUDER_ADMIN_USER; without one: admin). The
    /// password is taken from PLAUDER_ADMIN_PASSWORD; without it a random one is printed once.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) admin_user: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve (what the program does without a command)
    Serve,
    /// Make, change and remove accounts
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make, change and remove groups of accounts
    Group {
        #[command(subcommand)]
        command: GroupCommand,
    },
    /// Make, change and remove circles, called teams today: groups that people make themselves
    Circle {
        #[command(subcommand)]
        command: CircleCommand,
    },
    /// Make and revoke secrets that programs sign in with
    AppPassword {
        #[command(subcommand)]
        command: AppPasswordCommand,
    },
    /// Show the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Copy the SQLite store, as it is at one moment, into a new file; a server may go on using it
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Look through the store for what must not be in it; a server may go on using it
    Check,
}
