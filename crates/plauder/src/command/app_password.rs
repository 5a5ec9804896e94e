//! `plauder app-password`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_model::AppPasswordId;
use plauder_store::app_passwords;
use plauder_talk::app_password::create::insert;

use super::{CommandError, find_account, format_time};
use crate::Failed;
use crate::system;

#[derive(Debug, Subcommand)]
pub(crate) enum AppPasswordCommand {
    /// Create an app password and print it; it is not shown again
    Add {
        /// The account
        user: String,
        /// The name of the app password
        #[arg(default_value = "command line")]
        name: String,
    },
    /// List the app passwords of an account by their numbers
    List {
        /// The account
        user: String,
    },
    /// Revoke an app password
    Revoke {
        /// The account
        user: String,
        /// The number of the app password
        number: i64,
    },
}

pub(crate) fn run(config: &Config, command: &AppPasswordCommand) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
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
            let app_passwords = database.write_blocking(move |tx| {
                let account = find_account(tx, &user)?;
                Ok::<_, CommandError>(app_passwords::list_by_account(tx, account.id)?)
            })?;
            for app_password in app_passwords {
                println!(
                    "{}  {}  (made {})",
                    app_password.id.0,
                    app_password.name,
                    format_time(app_password.created_at)
                );
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
            println!("app password {number} of {user} is revoked");
        }
    }
    Ok(())
}
