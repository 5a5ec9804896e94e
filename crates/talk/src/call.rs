//! Calls: started, joined, left and ended.

pub mod join;
pub mod leave;
pub mod peers;

use plauder_model::system_message::CallSummary;
use plauder_model::{ActorRef, SystemMessage};
use plauder_store::conversations::Conversation;
use plauder_store::message_names::{MentionTarget, NewMention};
use plauder_store::sessions::{self, Scope, Session};
use plauder_store::{StoreError, Transaction, call_participants, conversations, messages, notifications};

/// Removes a session from the call, if it is in it, and ends the call if it was the last.
pub(crate) fn take_out(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    who: ActorRef<'_>,
    session: &Session,
) -> Result<(), StoreError> {
    if session.in_call == 0 {
        return Ok(());
    }
    let left = sessions::set_in_call(tx, conversation.id, session, None)?;
    messages::insert_system_message(tx, conversation, who, &SystemMessage::CallLeft, None)?;
    if left == 0 { end(tx, conversation, who) } else { Ok(()) }
}

/// Removes everybody in `scope` from the call, if there is one, because of something that `by` did.
pub(crate) fn remove_from_call(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    by: ActorRef<'_>,
    scope: Scope,
) -> Result<(), StoreError> {
    if conversation.call_since == 0 {
        return Ok(());
    }
    messages::insert_calls_left(tx, conversation, scope)?;
    if sessions::leave_call(tx, conversation.id, scope)? == 0 { end(tx, conversation, by) } else { Ok(()) }
}

/// Ends the call, which has no participant any more, and posts a system message with its participants and duration.
fn end(tx: &mut Transaction<'_>, conversation: &Conversation, last: ActorRef<'_>) -> Result<(), StoreError> {
    let (accounts, guests) = call_participants::count(tx, conversation.id)?;
    // The conversation may have been loaded before the call started.
    let since = conversations::find(tx, &conversation.token)?.map_or(0, |now| now.call_since);
    let summary = CallSummary { accounts, guests, seconds: (tx.now() - since).max(0) };
    let first = call_participants::first_accounts(tx, conversation.id, summary.named())?;
    let names: Vec<NewMention> = (1..)
        .zip(first)
        .map(|(number, account)| NewMention {
            placeholder: format!("user{number}"),
            target: MentionTarget::Account(account),
        })
        .collect();
    let system_message = SystemMessage::CallEnded(summary);
    messages::insert_system_message_with_mentions(tx, conversation, last, &system_message, None, &names)?;
    conversations::set_call(tx, conversation.id, 0)?;
    notifications::set_call_missed(tx, conversation.id)?;
    call_participants::delete_by_conversation(tx, conversation.id)
}
