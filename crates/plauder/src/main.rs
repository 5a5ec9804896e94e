//! The program: command line, configuration, telemetry, and the wiring of everything else.

mod arguments;
mod command;
mod connections;
mod mailer;
mod serve;
mod system;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use plauder_config::Layers;

/// A waiting client costs mostly memory, in buffers that are rarely used. This allocator keeps them apart from memory
/// in use, see docs/decisions/0010-where-the-limit-is.md.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Why a command failed, as a message for the operator.
type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plauder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failed> {
    if let Some(Command::Config { command: command::config::ConfigCommand::Example }) = &arguments.command {
        print!("{}", plauder_config::example());
        return Ok(());
    }
    let layers = Layers::load(arguments.config.as_deref(), std::env::vars_os(), &arguments.options.0)?;
    let config = layers.resolve()?;
    match &arguments.command {
        None | Some(Command::Serve) => serve::serve(&config, layers.renamed()),
        Some(Command::User { command }) => command::user::run(&config, command),
        Some(Command::Group { command }) => command::group::run(&config, command),
        Some(Command::Circle { command }) => command::circle::run(&config, command),
        Some(Command::Conversation { command }) => command::conversation::run(&config, command),
        Some(Command::AppPassword { command }) => command::app_password::run(&config, command),
        Some(Command::Config { .. }) => {
            print!("{}", layers.show());
            Ok(())
        }
        Some(Command::Backup { file }) => command::backup::run(&config, file),
        Some(Command::Check) => command::check::run(&config),
    }
}
