//! `plauder app-password`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_model::AppPasswordId;
use plauder_store::app_passwords;
use plauder_talk::app_password::create::insert;

use super::{CommandError, date, find_account};
use crate::Failed;
use crate::world;

#[derive(Debug, Subcommand)]
pub(crate) enum AppPasswordCommand {
    /// Make an app password and print it, this once
    Add {
        /// The account
        user: String,
        /// What it is for
        #[arg(default_value = "command line")]
        name: String,
    },
    /// List the app passwords of an account by their numbers
    List {
        /// The account
        user: String,
    },
    /// End an app password
    Revoke {
        /// The account
        user: String,
        /// Its number
        number: i64,
    },
}

pub(crate) fn run(config: &Config, command: &AppPasswordCommand) -> Result<(), Failed> {
    let database = world::open(config, false)?;
    match command {
        AppPasswordCommand::Add { user, name } => {
            let (user, name) = (user.clone(), name.clone());
            let (secret, id) = database.write_blocking(move |tx| {
                let account = find_account(tx, &user)?;
                Ok::<_, CommandError>(insert(tx, account.id, &name)?)
            })?;
            println!("app password {}: {secret}", id.0);
        }
        AppPasswordCommand::List { user } => {
            let user = user.clone();
            let found = database.write_blocking(move |tx| {
                let account = find_account(tx, &user)?;
                Ok::<_, CommandError>(app_passwords::list_by_account(tx, account.id)?)
            })?;
            for one in found {
                println!("{}  {}  (made {})", one.id.0, one.name, date(one.created_at));
            }
        }
        AppPasswordCommand::Revoke { user, number } => {
            let (name, number) = (user.clone(), *number);
            database.write_blocking(move |tx| {
                let account = find_account(tx, &name)?;
                if app_passwords::delete(tx, account.id, AppPasswordId(number))? {
                    Ok(())
                } else {
                    Err(CommandError::NoAppPassword(name.clone(), number))
                }
            })?;
            println!("app password {number} of {user} is worth nothing any more");
        }
    }
    Ok(())
}
