//! "Set description for a conversation".

use plauder_model::{ConversationType, Reason, SystemMessage, Token, text};
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};
use crate::{Caller, Rules};

/// Why the description of a conversation is not changed.
#[derive(Debug, Error)]
pub enum DescriptionError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A one-to-one conversation has no description.
    #[error("A one-to-one conversation has no description")]
    OneToOne,
    /// The description is longer than the version allows.
    #[error("description must not have more than {0} characters")]
    TooLong(usize),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for DescriptionError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::OneToOne => Reason::RoomType.into(),
            Self::TooLong(_) => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Changes the description of a conversation; an empty one removes it. For moderators, guests among them. The chat
/// reports a change, and nothing if the description stays the same.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    description: &str,
    rules: &Rules,
) -> Result<(), DescriptionError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Moderate)?;
    if access.conversation.kind == ConversationType::OneToOne {
        return Err(DescriptionError::OneToOne);
    }
    let description = text::lines(description);
    if text::is_longer(&description, rules.max_description) {
        return Err(DescriptionError::TooLong(rules.max_description));
    }
    if access.conversation.description == description {
        return Ok(());
    }
    conversations::set_description(tx, access.conversation.id, &description)?;
    let change = if description.is_empty() {
        SystemMessage::DescriptionRemoved
    } else {
        SystemMessage::DescriptionSet(description)
    };
    messages::insert_system_message(tx, &access.conversation, access.actor(), &change, None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn moderators_describe_a_conversation_and_the_chat_reports_each_change_once() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let describe = |caller: &Caller, description: &str| {
            let (caller, room, description) = (caller.clone(), room.clone(), description.to_owned());
            app.try_write(move |tx| set(tx, &caller, &room, &description, &Rules::V3))
        };
        let stored = || {
            app.write({
                let room = room.clone();
                move |tx| conversations::find(tx, &room)
            })
            .unwrap()
        };
        let last = || app.lists(&bob)[0].last_message();

        let refused = describe(&caller_of(&bob), "x");
        assert!(matches!(refused, Err(DescriptionError::Access(AccessError::NotModerator))));
        describe(&caller_of(&alice), "  What this\nis about ").unwrap();
        assert_eq!(stored().description, "What this\nis about");
        assert_eq!(last().message, "{actor} set the description to \"What this\nis about\"");
        let reported = last().id;
        describe(&caller_of(&alice), "What this\nis about").unwrap();
        assert_eq!(last().id, reported, "an unchanged description is not reported");

        describe(&caller_of(&alice), &"ü".repeat(500)).unwrap();
        let refused = describe(&caller_of(&alice), &"ü".repeat(501));
        assert!(matches!(refused, Err(DescriptionError::TooLong(500))));
        describe(&caller_of(&alice), " ").unwrap();
        assert_eq!(stored().description, "");
        assert_eq!(last().message, "{actor} removed the description");

        let (pair, alice) = (app.makes_one_to_one(&alice, "bob"), caller_of(&alice));
        let refused = app.try_write(move |tx| set(tx, &alice, &pair, "x", &Rules::V3));
        assert!(matches!(refused, Err(DescriptionError::OneToOne)));
    }
}
