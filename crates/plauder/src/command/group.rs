//! `plauder group`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_store::groups::{self, Group};
use plauder_store::{Database, Transaction};
use plauder_talk::group::{create, delete};

use super::{CommandError, find_account};
use crate::Failed;
use crate::system;

#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Create a group
    Add {
        /// The id of the group
        name: String,
        /// The display name
        #[arg(long, value_name = "NAME", default_value = "")]
        display_name: String,
    },
    /// List groups
    List,
    /// Remove a group; the accounts of its members stay
    Delete {
        /// The id of the group
        name: String,
    },
    /// Add an account to a group
    AddMember {
        /// The group
        group: String,
        /// The account
        user: String,
    },
    /// Remove an account from a group
    RemoveMember {
        /// The group
        group: String,
        /// The account
        user: String,
    },
}

pub(crate) fn run(config: &Config, command: &GroupCommand) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
    match command {
        GroupCommand::Add { name, display_name } => {
            let (id, display_name) = (name.clone(), display_name.clone());
            database.write_blocking(move |tx| create(tx, &id, &display_name))?;
            println!("created the group {name}");
        }
        GroupCommand::List => {
            for (group, members) in database.write_blocking(|tx| groups::search(tx, "", i64::MAX, 0))? {
                println!("{}  {}  {members} members", group.id, group.display_name);
            }
        }
        GroupCommand::Delete { name } => {
            let id = name.clone();
            database.write_blocking(move |tx| delete(tx, &id))?;
            println!("removed the group {name}");
        }
        GroupCommand::AddMember { group, user } => {
            with_member(&database, group, user, |tx, group, account| {
                groups::add_member(tx, group.key, account.id)
            })?;
            println!("{user} is in {group}");
        }
        GroupCommand::RemoveMember { group, user } => {
            with_member(&database, group, user, |tx, group, account| {
                groups::remove_member(tx, group.key, account.id)
            })?;
            println!("{user} is not in {group}");
        }
    }
    Ok(())
}

fn with_member(
    database: &Database,
    group: &str,
    user: &str,
    change: fn(
        &mut Transaction<'_>,
        &Group,
        &plauder_store::accounts::Account,
    ) -> Result<(), plauder_store::StoreError>,
) -> Result<(), CommandError> {
    let (group, user) = (group.to_owned(), user.to_owned());
    database.write_blocking(move |tx| {
        let account = find_account(tx, &user)?;
        let group = groups::find(tx, &group)?.ok_or_else(|| CommandError::NoGroup(group.clone()))?;
        Ok(change(tx, &group, &account)?)
    })
}
