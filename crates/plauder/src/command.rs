//! What administrators do from the command line, also beside a running server: it takes effect there at once.

pub(crate) mod app_password;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod circle;
pub(crate) mod config;
pub(crate) mod conversation;
pub(crate) mod group;
pub(crate) mod user;

use std::io::BufRead as _;

use plauder_config::Config;
use plauder_model::{Timestamp, UserId};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts};
use plauder_talk::password;
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Failed;
use crate::world::SystemRng;

/// Why a command cannot do what it is asked for.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    #[error("there is no account called {0}")]
    NoAccount(String),
    #[error("there is no group called {0}")]
    NoGroup(String),
    #[error("{0} has no app password with the number {1}")]
    NoAppPassword(String, i64),
    #[error(transparent)]
    Account(#[from] plauder_talk::account::create::CreateAccountError),
    #[error(transparent)]
    Change(#[from] plauder_talk::account::change::ChangeAccountError),
    #[error(transparent)]
    Group(#[from] plauder_talk::group::GroupError),
    #[error(transparent)]
    Circle(#[from] plauder_talk::circle::CircleAccessError),
    #[error(transparent)]
    Conversation(#[from] plauder_talk::conversation::administration::AdministrationError),
    #[error(transparent)]
    NewCircle(#[from] plauder_talk::circle::create::CreateCircleError),
    #[error(transparent)]
    NewMember(#[from] plauder_talk::circle::add_member::AddMemberError),
    #[error(transparent)]
    Member(#[from] plauder_talk::circle::remove_member::RemoveMemberError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The account called `id`.
fn find_account(tx: &mut Transaction<'_>, id: &str) -> Result<Account, CommandError> {
    accounts::find(tx, &UserId::key_of(id))?.ok_or_else(|| CommandError::NoAccount(id.to_owned()))
}

/// A moment as people read it, in UTC.
fn date(moment: Timestamp) -> String {
    let read = OffsetDateTime::from_unix_timestamp(moment).ok().and_then(|date| date.format(&Rfc3339).ok());
    read.unwrap_or_else(|| format!("{moment} seconds after 1970"))
}

/// A name that somebody typed, without the characters that a terminal would obey.
fn printable(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}

/// A password from the first line of standard input, or one that is made up.
struct NewPassword {
    secret: String,
    is_made_up: bool,
}

impl NewPassword {
    fn get(config: &Config, from_stdin: bool) -> Result<Self, Failed> {
        if !from_stdin {
            let secret = password::make_up(&SystemRng, config.passwords.min_length);
            return Ok(Self { secret, is_made_up: true });
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let secret = line.trim_end_matches(['\r', '\n']).to_owned();
        password::check(&secret, config.passwords.min_length)?;
        Ok(Self { secret, is_made_up: false })
    }

    fn hash(&self) -> String {
        password::hash(&self.secret, &SystemRng)
    }

    /// Tells a password that was made up; it is not told again.
    fn tell(&self) {
        if self.is_made_up {
            println!("password: {}", self.secret);
        }
    }
}
