//! "Delete a conversation".

use plauder_model::{ConversationId, ConversationType, Reason, Token};
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::Caller;
use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};

/// Why a conversation is not deleted.
#[derive(Debug, Error)]
pub enum DeleteRoomError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "400 When the conversation is a one-to-one conversation".
    #[error("A one-to-one conversation is left, not deleted")]
    OneToOne,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for DeleteRoomError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::OneToOne => Reason::RoomType.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Deletes a conversation with its messages and attendees. For owners, moderators and guest moderators.
pub fn delete(tx: &mut Transaction<'_>, caller: &Caller, token: &Token) -> Result<(), DeleteRoomError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Moderate)?;
    if access.conversation.kind == ConversationType::OneToOne {
        return Err(DeleteRoomError::OneToOne);
    }
    Ok(delete_unchecked(tx, access.conversation.id)?)
}

/// Deletes a conversation with its messages and attendees. Checks no permission.
pub(crate) fn delete_unchecked(tx: &mut Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    messages::delete_by_conversation(tx, id)?;
    conversations::delete(tx, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn moderators_delete_group_conversations_but_not_one_to_one() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let try_delete = |account, token: &Token| {
            let (caller, token) = (caller_of(account), token.clone());
            app.try_write(move |tx| delete(tx, &caller, &token))
        };
        assert!(matches!(try_delete(&bob, &room), Err(DeleteRoomError::Access(AccessError::NotModerator))));
        let pair = app.makes_one_to_one(&alice, "bob");
        assert!(matches!(try_delete(&alice, &pair), Err(DeleteRoomError::OneToOne)));
        assert_eq!(app.lists(&bob).len(), 2);
        try_delete(&alice, &room).unwrap();
        assert_eq!(app.lists(&bob).len(), 1);
        assert!(matches!(try_delete(&alice, &room), Err(DeleteRoomError::Access(AccessError::NotFound))));
    }
}
