//! The command line.
#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, FromArgMatches, Parser, Subcommand};
use plauder_config::{SETTINGS, Setting};

use crate::command::app_password::AppPasswordCommand;
use crate::command::circle::CircleCommand;
use crate::command::config::ConfigCommand;
use crate::command::conversation::ConversationCommand;
use crate::command::group::GroupCommand;
use crate::command::user::UserCommand;

/// The server side of Talk's conversations in one program.
///
/// Options override environment variables, which override the configuration file, which overrides the defaults.
/// `plauder config example` prints all settings with their meaning, `plauder config show` those in force with their
/// origins.
#[derive(Debug, Parser)]
#[command(name = "plauder", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// The configuration file (PLAUDER_CONFIG; default: plauder.toml, if it exists)
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) options: SettingOptions,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The options of settings, generated from their declaration: values by the name of the option.
#[derive(Debug, Default)]
pub(crate) struct SettingOptions(pub(crate) BTreeMap<&'static str, String>);

fn settings_with_option() -> impl Iterator<Item = (&'static Setting, &'static str, &'static str)> {
    SETTINGS.iter().filter_map(|setting| setting.option().map(|(name, value)| (setting, name, value)))
}

impl Args for SettingOptions {
    fn augment_args(command: clap::Command) -> clap::Command {
        settings_with_option().fold(command, |command, (setting, name, value)| {
            let help =
                format!("{} ({}; default: {})", setting.summary(), setting.variable(), setting.default);
            command.arg(Arg::new(name).long(name).value_name(value).help(help).global(true))
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self::default();
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for (_, name, _) in settings_with_option() {
            if let Some(value) = matches.get_one::<String>(name) {
                self.0.insert(name, value.clone());
            }
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve (the default command)
    Serve,
    /// Create, change and remove accounts
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Create, change and remove groups of accounts
    Group {
        #[command(subcommand)]
        command: GroupCommand,
    },
    /// Create, change and remove circles (teams): groups that users create themselves
    Circle {
        #[command(subcommand)]
        command: CircleCommand,
    },
    /// List, show and remove conversations, and promote users to moderators
    Conversation {
        #[command(subcommand)]
        command: ConversationCommand,
    },
    /// Create and revoke app passwords, with which programs sign in
    AppPassword {
        #[command(subcommand)]
        command: AppPasswordCommand,
    },
    /// Show the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Copy a snapshot of the SQLite store into a new file, also while a server uses the store
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Check the integrity of the store, also while a server uses it
    Check,
}
