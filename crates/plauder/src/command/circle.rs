//! `plauder circle`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_store::Database;
use plauder_talk::circle::add_member::{ACCOUNT, add_member};
use plauder_talk::circle::create::create;
use plauder_talk::circle::delete::delete;
use plauder_talk::circle::list::list;
use plauder_talk::circle::members::members;
use plauder_talk::circle::remove_member::{RemoveMemberError, remove_member};
use plauder_talk::circle::{CircleAccessError, CircleActor};

use super::{CommandError, find_account};
use crate::Failed;
use crate::system;

#[derive(Debug, Subcommand)]
pub(crate) enum CircleCommand {
    /// Create a circle
    Add {
        /// The display name
        name: String,
        /// The account that owns the circle
        #[arg(long, value_name = "USER")]
        owner: String,
    },
    /// List circles
    List,
    /// Remove a circle; the accounts of its members stay
    Delete {
        /// The id of the circle
        id: String,
    },
    /// Add an account to a circle
    AddMember {
        /// The id of the circle
        id: String,
        /// The account
        user: String,
    },
    /// Remove an account from a circle
    RemoveMember {
        /// The id of the circle
        id: String,
        /// The account
        user: String,
    },
}

pub(crate) fn run(config: &Config, command: &CircleCommand) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
    match command {
        CircleCommand::Add { name, owner } => {
            let (name, owner) = (name.clone(), owner.clone());
            let created = database.write_blocking(move |tx| {
                let owner = find_account(tx, &owner)?;
                Ok::<_, CommandError>(create(tx, &owner, &name)?)
            })?;
            println!("created the circle {}", created.circle.id);
        }
        CircleCommand::List => {
            for view in database.write_blocking(|tx| list(tx, CircleActor::CommandLine))? {
                let circle = view.circle;
                let (owner, members) = (circle.owner.user_id, circle.population);
                println!("{}  {}  of {owner}  {members} members", circle.id, circle.name);
            }
        }
        CircleCommand::Delete { id } => {
            let circle = id.clone();
            database.write_blocking(move |tx| {
                delete(tx, CircleActor::CommandLine, &circle)?;
                Ok::<_, CircleAccessError>(())
            })?;
            println!("removed the circle {id}");
        }
        CircleCommand::AddMember { id, user } => {
            let (circle, account) = (id.clone(), user.clone());
            database.write_blocking(move |tx| {
                find_account(tx, &account)?;
                add_member(tx, CircleActor::CommandLine, &circle, &account, ACCOUNT)?;
                Ok::<_, CommandError>(())
            })?;
            println!("{user} is in {id}");
        }
        CircleCommand::RemoveMember { id, user } => {
            remove(&database, id.clone(), user.clone())?;
            println!("{user} is not in {id}");
        }
    }
    Ok(())
}

fn remove(database: &Database, id: String, user: String) -> Result<(), CommandError> {
    database.write_blocking(move |tx| {
        let account = find_account(tx, &user)?;
        let (_, members) = members(tx, CircleActor::CommandLine, &id)?;
        let member = members.into_iter().find(|member| member.account == account.id);
        let member = member.ok_or(RemoveMemberError::Unknown)?;
        Ok(remove_member(tx, CircleActor::CommandLine, &id, &member.id)?)
    })
}
