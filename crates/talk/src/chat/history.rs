//! Reading the history.

use plauder_model::{MessageId, Token};
use plauder_store::{Transaction, messages};

use super::message::{MessageView, Viewer};
use super::page::Page;
use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::conversation::view::place;

/// The maximum number of messages in one answer.
pub const MAX_MESSAGES: i64 = 200;

/// Which part of the history a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// The message before or after which to begin; 0: at the end of the history, or at its beginning.
    pub last_known: MessageId,
    /// Whether that message is included.
    pub include_last_known: bool,
    /// The maximum number of messages.
    pub limit: i64,
}

/// The messages before `last_known`, the newest first. Refused in the lobby.
pub fn history(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    query: Query,
) -> Result<Vec<MessageView>, AccessError> {
    let access = Access::load(tx, caller, token)?;
    access.require(Capability::PassLobby)?;
    let before = match query.last_known.0 {
        0 => i64::MAX,
        id if query.include_last_known => id.saturating_add(1),
        id => id,
    };
    let conversation = &access.conversation;
    let found = messages::list_before(tx, conversation.id, MessageId(before), query.limit.min(MAX_MESSAGES))?;
    let page = Page::load(tx, conversation, found)?;
    let (place, viewer) = (place(conversation), Viewer::new(&access.attendee));
    Ok(page.messages().iter().map(|message| page.view(message, &place, viewer)).collect())
}
