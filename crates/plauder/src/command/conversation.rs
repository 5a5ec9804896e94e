//! `plauder conversation`.

use clap::Subcommand;
use plauder_config::Config;
use plauder_model::{ActorKind, ConversationId, ConversationType, LobbyState, ParticipantType, ReadOnly};
use plauder_store::conversations::{self, Conversation};
use plauder_store::{Database, StoreError};
use plauder_talk::conversation::administration::{delete, promote, show};

use super::{CommandError, find_account, format_time, printable};
use crate::Failed;
use crate::system;

/// The number of conversations that are read at once, so that a long list takes little memory.
const PAGE_SIZE: i64 = 1000;

#[derive(Debug, Subcommand)]
pub(crate) enum ConversationCommand {
    /// List conversations by their tokens
    List {
        /// Only group and public conversations that have users, but neither owner nor moderator
        #[arg(long)]
        unmoderated: bool,
    },
    /// Show a conversation and its participants, but not its messages
    Show {
        /// The token of the conversation
        token: String,
    },
    /// Promote a user of a conversation to moderator
    Promote {
        /// The token of the conversation
        token: String,
        /// The account
        user: String,
    },
    /// Remove a group or public conversation with all its messages
    Delete {
        /// The token of the conversation
        token: String,
    },
}

pub(crate) fn run(config: &Config, command: &ConversationCommand) -> Result<(), Failed> {
    let database = system::open_store(config, false)?;
    match command {
        ConversationCommand::List { unmoderated } => print_list(&database, *unmoderated)?,
        ConversationCommand::Show { token } => print_one(&database, token.clone())?,
        ConversationCommand::Promote { token, user } => {
            let (conversation, id) = (token.clone(), user.clone());
            database.write_blocking(move |tx| {
                let account = find_account(tx, &id)?;
                Ok::<_, CommandError>(promote(tx, &conversation, &account)?)
            })?;
            println!("{user} is a moderator of {token}");
        }
        ConversationCommand::Delete { token } => {
            let conversation = token.clone();
            database.write_blocking(move |tx| delete(tx, &conversation))?;
            println!("removed the conversation {token}");
        }
    }
    Ok(())
}

fn print_list(database: &Database, unmoderated: bool) -> Result<(), StoreError> {
    let mut after = ConversationId(0);
    loop {
        let page = database
            .write_blocking(move |tx| conversations::list_after(tx, after, PAGE_SIZE, unmoderated))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        for conversation in &page {
            let Conversation { token, name, accounts, moderators, guests, .. } = conversation;
            let (kind, name) = (kind(conversation), printable(name));
            println!(
                "{token}  {kind}  {name}  {accounts} accounts, {moderators} moderators, {guests} guests"
            );
        }
    }
}

fn print_one(database: &Database, token: String) -> Result<(), CommandError> {
    let (conversation, members) = database.write_blocking(move |tx| show(tx, &token))?;
    let yes_or_no = |value| if value { "yes" } else { "no" };
    println!("token:         {}", conversation.token);
    println!("type:          {}", kind(&conversation));
    println!("name:          {}", printable(&conversation.name));
    println!("password:      {}", yes_or_no(!conversation.password_hash.is_empty()));
    println!("read-only:     {}", yes_or_no(conversation.read_only == ReadOnly::On));
    println!("lobby:         {}", yes_or_no(conversation.lobby_state == LobbyState::NonModerators));
    println!("call:          {}", yes_or_no(conversation.call_since > 0));
    println!("last activity: {}", format_time(conversation.last_activity));
    println!("participants:");
    for member in members {
        let name = printable(&member.display_name);
        match member.actor.kind {
            ActorKind::User => {
                println!("  {}  {}  {name}", participant_type(member.participant_type), member.actor.id);
            }
            ActorKind::Guest => println!("  {}  {name}", participant_type(member.participant_type)),
            ActorKind::Email => println!("  invited  {name}"),
            kind @ (ActorKind::Group | ActorKind::Circle | ActorKind::Bot | ActorKind::DeletedUser) => {
                println!("  {}  {name}", kind.name());
            }
        }
    }
    Ok(())
}

fn kind(conversation: &Conversation) -> &'static str {
    match conversation.kind {
        ConversationType::OneToOne => "one-to-one",
        ConversationType::Group => "group",
        ConversationType::Public => "public",
        ConversationType::Changelog => "changelog",
    }
}

fn participant_type(participant_type: ParticipantType) -> &'static str {
    match participant_type {
        ParticipantType::Owner => "owner",
        ParticipantType::Moderator => "moderator",
        ParticipantType::User => "user",
        ParticipantType::Guest => "guest",
        ParticipantType::SelfJoined => "self-joined",
        ParticipantType::GuestModerator => "guest-moderator",
    }
}
