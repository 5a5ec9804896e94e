//! Suggestions for mentions.

use plauder_model::{ConversationType, MentionKind, Token, person};
use plauder_store::{Transaction, attendees};

use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::conversation::view::place;

/// The maximum number of suggestions.
pub const MAX_SUGGESTIONS: i64 = 200;

/// How many guests are searched for a name.
const MAX_GUESTS: i64 = 1000;

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is written after the `@`: an account's id, `guest/ID`, or `all`.
    pub id: String,
    /// The name to show; for `all` the conversation's.
    pub label: String,
    /// What kind of actor the suggestion is.
    pub source: MentionKind,
}

/// The attendees, without the caller, that match `search`: first `all`, then accounts by name or id, then guests by
/// name; exact matches come first in each. Refused in the lobby and in a read-only conversation.
pub fn suggest(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    search: &str,
    limit: i64,
) -> Result<Vec<Suggestion>, AccessError> {
    let access = Access::load(tx, caller, token)?;
    access.require(Capability::Write)?;
    let (conversation, limit) = (&access.conversation, limit.min(MAX_SUGGESTIONS));
    let key = search.trim().to_lowercase();
    let mut found = Vec::new();
    if conversation.kind != ConversationType::OneToOne {
        let label = place(conversation).name.into_owned();
        if "all".contains(&key) || label.to_lowercase().contains(&key) {
            found.push(Suggestion { id: "all".to_owned(), label, source: MentionKind::Call });
        }
    }
    let accounts = attendees::suggest(tx, conversation.id, access.attendee.id, &key, limit)?;
    found.extend(accounts.into_iter().map(|(id, label)| Suggestion { id, label, source: MentionKind::User }));
    if conversation.guests > 0 {
        let guests = attendees::list_guests(tx, conversation.id, access.attendee.id, MAX_GUESTS)?;
        let mut guests: Vec<(String, String)> = guests
            .into_iter()
            .map(|(id, name)| (id, if name.is_empty() { person::shown_guest("") } else { name }))
            .filter(|(_, name)| name.to_lowercase().contains(&key))
            .collect();
        guests.sort_by_key(|(_, name)| (name.to_lowercase() != key, name.to_lowercase()));
        let guests = guests.into_iter().map(|(id, label)| Suggestion {
            id: format!("guest/{id}"),
            label,
            source: MentionKind::Guest,
        });
        found.extend(guests);
    }
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}
