//! The commands for administrators. They also work beside a running server and take effect there at once.

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
use crate::system::SystemRng;

/// Why a command failed.
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

/// A time in the format of RFC 3339, in UTC.
fn format_time(time: Timestamp) -> String {
    let formatted =
        OffsetDateTime::from_unix_timestamp(time).ok().and_then(|date| date.format(&Rfc3339).ok());
    formatted.unwrap_or_else(|| format!("{time} seconds after 1970"))
}

/// A name from a user, without the control characters that a terminal would interpret.
fn printable(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}

/// A password from the first line of standard input, or a generated one.
struct NewPassword {
    secret: String,
    is_generated: bool,
}

impl NewPassword {
    fn read_or_generate(config: &Config, from_stdin: bool) -> Result<Self, Failed> {
        if !from_stdin {
            let secret = password::generate(&SystemRng, config.passwords.min_length);
            return Ok(Self { secret, is_generated: true });
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let secret = line.trim_end_matches(['\r', '\n']).to_owned();
        password::check(&secret, config.passwords.min_length)?;
        Ok(Self { secret, is_generated: false })
    }

    fn hash(&self) -> String {
        password::hash(&self.secret, &SystemRng)
    }

    /// Prints a generated password. It is not printed again.
    fn print_generated(&self) {
        if self.is_generated {
            println!("password: {}", self.secret);
        }
    }
}
