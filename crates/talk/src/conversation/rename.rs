//! "Rename a conversation".

use plauder_model::conversation::NameError;
use plauder_model::{ConversationName, ConversationType, Reason, SystemMessage, Token};
use plauder_store::{StoreError, Transaction, conversations, messages};
use thiserror::Error;

use crate::Caller;
use crate::Rules;
use crate::access::{Access, AccessError, Capability};
use crate::refusal::{Refusal, UseCaseError};

/// Why a conversation is not renamed.
#[derive(Debug, Error)]
pub enum RenameRoomError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "400 When the conversation is a one to one conversation".
    #[error("A one-to-one conversation has no name of its own")]
    OneToOne,
    /// "400 When the name is too long or empty".
    #[error(transparent)]
    Name(#[from] NameError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for RenameRoomError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::OneToOne => Reason::RoomType.into(),
            Self::Name(_) => Reason::Name.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Renames a conversation. For owners, moderators and guest moderators.
pub fn rename(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    name: &str,
    rules: &Rules,
) -> Result<(), RenameRoomError> {
    let access = Access::load_locked(tx, caller, token)?;
    access.require(Capability::Moderate)?;
    if access.conversation.kind == ConversationType::OneToOne {
        return Err(RenameRoomError::OneToOne);
    }
    let name = ConversationName::parse(name, rules.max_name_at_renaming)?;
    if access.conversation.name == name.as_str() {
        return Ok(());
    }
    conversations::rename(tx, access.conversation.id, name.as_str())?;
    let system_message = SystemMessage::ConversationRenamed {
        from: access.conversation.name.clone(),
        to: name.as_str().to_owned(),
    };
    messages::insert_system_message(tx, &access.conversation, access.actor(), &system_message, None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn renaming_needs_a_moderator_and_posts_one_system_message() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_group(&alice, "Planning");
        app.adds(&alice, &room, "bob");
        let try_rename = |who: &Caller, name: &str| {
            let (who, room, name) = (who.clone(), room.clone(), name.to_owned());
            app.try_write(move |tx| rename(tx, &who, &room, &name, &Rules::V1))
        };
        let not_found = |result| matches!(result, Err(RenameRoomError::Access(AccessError::NotFound)));
        assert!(not_found(try_rename(&caller_of(&carla), "x")));
        assert!(not_found(try_rename(&Caller::Nobody, "x")));
        let refused = try_rename(&caller_of(&bob), "");
        assert!(
            matches!(refused, Err(RenameRoomError::Access(AccessError::NotModerator))),
            "before the name is looked at"
        );
        assert!(matches!(try_rename(&caller_of(&alice), " "), Err(RenameRoomError::Name(NameError::Empty))));

        try_rename(&caller_of(&alice), " Party ").unwrap();
        let system_message = app.lists(&bob)[0].last_message();
        assert_eq!(system_message.message, r#"{actor} renamed the conversation from "Planning" to "Party""#);
        try_rename(&caller_of(&alice), "Party").unwrap();
        assert_eq!(
            app.lists(&bob)[0].last_message().id,
            system_message.id,
            "nothing changed, nothing is told"
        );

        let pair = app.makes_one_to_one(&alice, "bob");
        let alice = caller_of(&alice);
        assert!(matches!(
            app.try_write(move |tx| rename(tx, &alice, &pair, "x", &Rules::V1)),
            Err(RenameRoomError::OneToOne)
        ));
    }
}
