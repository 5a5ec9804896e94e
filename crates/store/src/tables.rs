//! One file a table: its rows as they are kept, and every statement on it.

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

/// A pattern for LIKE with `!` as its escape that finds `part` anywhere, in the lower case that search columns have.
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

/// Every statement of every table.
#[cfg(test)]
pub(crate) fn statements() -> impl Iterator<Item = (&'static str, &'static str, crate::Statement)> {
    [
        ("access_epoch", access_epoch::STATEMENTS),
        ("accounts", accounts::STATEMENTS),
        ("app_passwords", app_passwords::STATEMENTS),
        ("attendees", attendees::STATEMENTS),
        ("audit", integrity::STATEMENTS),
        ("callers", call_participants::STATEMENTS),
        ("circles", circles::STATEMENTS),
        ("conversations", conversations::STATEMENTS),
        ("groups", groups::STATEMENTS),
        ("guest_names", guest_names::STATEMENTS),
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
    .flat_map(|(table, all)| all.iter().map(move |(name, statement)| (table, *name, *statement)))
}
