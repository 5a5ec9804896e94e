//! All SQL of the program, one file per table: the rows, the statements, and the functions that use cases call.
//!
//! | File | Tables in the schema |
//! |---|---|
//! | `access_epoch.rs`, `names_epoch.rs` | `access_epoch`, `names_epoch` |
//! | `accounts.rs` | `accounts`, `logins` |
//! | `app_passwords.rs`, `web_sessions.rs` | `app_passwords`, `web_sessions` |
//! | `attendees.rs`, `guest_names.rs`, `sessions.rs` | `attendees`, `guest_names`, `sessions` |
//! | `call_participants.rs` | `callers` |
//! | `circles.rs` | `circles`, `circle_members` |
//! | `conversations.rs` | `conversations` |
//! | `groups.rs` | `account_groups`, `group_members` |
//! | `mails.rs`, `settings.rs` | `mails`, `settings` |
//! | `messages.rs`, `message_names.rs` | `messages`, `message_names` |
//! | `notifications.rs` | `notifications` |
//! | `schema_version.rs` | `schema_version` |
//!
//! Two files read several tables: `memberships.rs` lists the conversations of an account, and `integrity.rs` checks the
//! whole store. The schema is in `crates/store/migrations/`.

pub mod access_epoch;
pub mod accounts;
pub mod app_passwords;
pub mod attendees;
pub mod call_participants;
pub mod circles;
pub mod conversations;
pub mod groups;
pub(crate) mod guest_names;
pub mod integrity;
pub mod mails;
pub mod memberships;
pub mod message_names;
pub mod messages;
pub mod names_epoch;
pub mod notifications;
pub mod schema_version;
pub mod sessions;
pub mod settings;
pub mod web_sessions;

/// Returns a LIKE pattern, with `!` as its escape character, that matches texts containing `part`. The pattern is in
/// lower case, as the columns that it is compared with.
fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for character in part.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Every statement, with the name of its file.
#[cfg(test)]
pub(crate) fn statements() -> impl Iterator<Item = (&'static str, &'static str, crate::Statement)> {
    [
        ("access_epoch", access_epoch::STATEMENTS),
        ("accounts", accounts::STATEMENTS),
        ("app_passwords", app_passwords::STATEMENTS),
        ("attendees", attendees::STATEMENTS),
        ("call_participants", call_participants::STATEMENTS),
        ("circles", circles::STATEMENTS),
        ("conversations", conversations::STATEMENTS),
        ("groups", groups::STATEMENTS),
        ("guest_names", guest_names::STATEMENTS),
        ("integrity", integrity::STATEMENTS),
        ("mails", mails::STATEMENTS),
        ("memberships", memberships::STATEMENTS),
        ("message_names", message_names::STATEMENTS),
        ("messages", messages::STATEMENTS),
        ("names_epoch", names_epoch::STATEMENTS),
        ("notifications", notifications::STATEMENTS),
        ("schema_version", schema_version::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
        ("settings", settings::STATEMENTS),
        ("web_sessions", web_sessions::STATEMENTS),
    ]
    .into_iter()
    .flat_map(|(table, statements)| {
        statements.iter().map(move |(name, statement)| (table, *name, *statement))
    })
}
