//! "Set notification level".

use plauder_model::{NotificationLevel, Reason, Token};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, attendees};
use thiserror::Error;

use crate::access::{Access, AccessError};
use crate::refusal::{Refusal, UseCaseError};

/// Why a level is not set.
#[derive(Debug, Error)]
pub enum NotificationLevelError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// "400 When the given level is invalid".
    #[error("level has to be 1 (always), 2 (mention) or 3 (never)")]
    Level,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for NotificationLevelError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Level => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Sets the notification level of the account in a conversation.
pub fn set(
    tx: &mut Transaction<'_>,
    account: &Account,
    token: &Token,
    level: i64,
) -> Result<(), NotificationLevelError> {
    let access = Access::load_locked(tx, account, token)?;
    let level = NotificationLevel::from_choice(level).ok_or(NotificationLevelError::Level)?;
    Ok(attendees::set_notification_level(tx, access.attendee.id, level)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use crate::testing::App;

    #[test]
    fn notification_level_is_chosen_or_the_default() {
        let app = App::new();
        let alice = app.user("alice");
        app.user("bob");
        let room = app.makes_group(&alice, "Room");
        app.makes_one_to_one(&alice, "bob");
        let levels = || {
            app.lists(&alice).iter().map(|view| view.own().notification_level.number()).collect::<Vec<_>>()
        };
        assert_eq!(levels(), [2, 1], "mention in groups, always in one-to-one");
        app.write(|tx| settings::set(tx, "default_group_notification", "1"));
        assert_eq!(levels(), [1, 1]);
        let try_set = |level| {
            let (alice, room) = (alice.clone(), room.clone());
            app.try_write(move |tx| set(tx, &alice, &room, level))
        };
        for wrong in [0, 4, -1] {
            assert!(matches!(try_set(wrong), Err(NotificationLevelError::Level)));
        }
        for right in [1, 2, 3] {
            try_set(right).unwrap();
            assert_eq!(levels(), [right, 1]);
        }
    }
}
