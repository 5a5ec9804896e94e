//! `plauder user`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_model::GroupId;
use plauder_store::{accounts, app_passwords, groups};
use plauder_talk::account::change::{Change, change};
use plauder_talk::account::create::{CreateAccount, create};
use plauder_talk::account::delete::delete;

use super::{CommandError, NewPassword, find_account};
use crate::Failed;
use crate::system;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Create an account; without --password-stdin a random password is printed
    Add {
        /// The id of the account, for signing in
        name: String,
        /// The display name
        #[arg(long, value_name = "NAME", default_value = "")]
        display_name: String,
        /// The e-mail address
        #[arg(long, value_name = "ADDRESS", default_value = "")]
        email: String,
        /// A group of the account; may be repeated
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// Make the account an administrator
        #[arg(long)]
        admin: bool,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List accounts
    List {
        /// Only accounts whose id or name contains this text
        #[arg(default_value = "")]
        search: String,
    },
    /// Show an account
    Show {
        /// The id of the account
        name: String,
    },
    /// Change the password of an account; without --password-stdin a random one is printed
    Password {
        /// The id of the account
        name: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Enable an account
    Enable {
        /// The id of the account
        name: String,
    },
    /// Disable an account, so that it cannot sign in
    Disable {
        /// The id of the account
        name: String,
    },
    /// Remove an account; it leaves its conversations, and its messages stay without its name
    Delete {
        /// The id of the account
        name: String,
    },
}

pub(crate) fn run(config: &Config, command: &UserCommand) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
    match command {
        UserCommand::Add { name, display_name, email, groups, admin, password_stdin } => {
            let password = NewPassword::read_or_generate(config, *password_stdin)?;
            let mut groups = groups.clone();
            if *admin {
                groups.push(GroupId::ADMIN.to_owned());
            }
            let request = CreateAccount {
                user_id: name.clone(),
                password_hash: password.hash(),
                display_name: display_name.clone(),
                email: email.clone(),
                groups,
            };
            database.write_blocking(move |tx| create(tx, &request))?;
            println!("created the account {name}");
            password.print_generated();
        }
        UserCommand::List { search } => {
            let search = search.clone();
            let found = database.write_blocking(move |tx| accounts::search(tx, &search, i64::MAX, 0))?;
            for account in found {
                let state = if account.enabled { "" } else { "  (disabled)" };
                println!("{}  {}{state}", account.user_id, account.display_name);
            }
        }
        UserCommand::Show { name } => show(&database, name.clone())?,
        UserCommand::Password { name, password_stdin } => {
            let password = NewPassword::read_or_generate(config, *password_stdin)?;
            apply_change(&database, name, Change::PasswordHash(password.hash()))?;
            println!("changed the password of {name}");
            password.print_generated();
        }
        UserCommand::Enable { name } => {
            apply_change(&database, name, Change::Enabled(true))?;
            println!("{name} can sign in");
        }
        UserCommand::Disable { name } => {
            apply_change(&database, name, Change::Enabled(false))?;
            println!("{name} cannot sign in any more");
        }
        UserCommand::Delete { name } => {
            // Disabling the account first refuses its concurrent requests.
            apply_change(&database, name, Change::Enabled(false))?;
            let id = name.clone();
            database.write_blocking(move |tx| {
                let account = find_account(tx, &id)?;
                Ok::<_, CommandError>(delete(tx, &account)?)
            })?;
            println!("removed the account {name}");
        }
    }
    Ok(())
}

fn apply_change(database: &plauder_store::Database, name: &str, new: Change) -> Result<(), CommandError> {
    let id = name.to_owned();
    database.write_blocking(move |tx| {
        let account = find_account(tx, &id)?;
        Ok(change(tx, &account, &new)?)
    })
}

fn show(database: &plauder_store::Database, id: String) -> Result<(), CommandError> {
    let (account, groups, app_passwords) = database.write_blocking(move |tx| {
        let account = find_account(tx, &id)?;
        let groups = groups::list_by_account(tx, account.id)?;
        let app_passwords = app_passwords::list_by_account(tx, account.id)?;
        Ok::<_, CommandError>((account, groups, app_passwords))
    })?;
    println!("id:            {}", account.user_id);
    println!("name:          {}", account.display_name);
    println!("e-mail:        {}", account.email);
    println!("can sign in:   {}", if account.enabled { "yes" } else { "no" });
    println!("groups:        {}", groups.join(", "));
    println!("app passwords: {}", app_passwords.len());
    Ok(())
}
