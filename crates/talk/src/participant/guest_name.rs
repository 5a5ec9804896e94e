//! The names of guests.

use plauder_model::{Reason, Token, person};
use plauder_store::{StoreError, Transaction, attendees};
use thiserror::Error;

use crate::Caller;
use crate::access::{Access, AccessError};
use crate::refusal::{Refusal, UseCaseError};

/// Why a name is not changed.
#[derive(Debug, Error)]
pub enum GuestNameError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The caller has an account, whose name is shown.
    #[error("Only guests have a name of their own in a conversation")]
    NotGuest,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for GuestNameError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::NotGuest => Reason::GuestsOnly.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Changes the name of the caller, a guest, in a conversation, also in earlier messages. Cut after 64 characters; may
/// be empty.
pub fn set(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
    name: &str,
) -> Result<(), GuestNameError> {
    let access = Access::load_locked(tx, caller, token)?;
    if caller.account().is_some() {
        return Err(GuestNameError::NotGuest);
    }
    rename(tx, &access, name)?;
    Ok(())
}

/// Changes the name of a guest, and returns the new one.
pub(crate) fn rename(tx: &mut Transaction<'_>, access: &Access, name: &str) -> Result<String, StoreError> {
    let name = person::guest_name(name);
    if name != access.attendee.display_name {
        attendees::set_name(tx, access.conversation.id, access.attendee.id, &name)?;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::promote::{PromotionTarget, promote};
    use crate::testing::{App, caller_of};

    #[test]
    fn a_guests_new_name_appears_in_earlier_messages() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_public(&alice, "Room");
        let guest = app.guest(&room);
        let try_set = |caller: &Caller, name: &'static str| {
            let (caller, room) = (caller.clone(), room.clone());
            app.try_write(move |tx| set(tx, &caller, &room, name))
        };
        assert!(matches!(try_set(&caller_of(&alice), "Al"), Err(GuestNameError::NotGuest)));
        for outside in [Caller::Guest("unknown".into()), caller_of(&app.user("bob"))] {
            let refused = try_set(&outside, "x");
            assert!(matches!(refused, Err(GuestNameError::Access(AccessError::NotFound))));
        }
        let session = app.sees(&guest, &room).session_id();
        let (moderator, token) = (caller_of(&alice), room.clone());
        app.write(move |tx| promote(tx, &moderator, &token, &PromotionTarget::Guest(session.clone())));
        let system_message = || app.sees(&caller_of(&alice), &room).last_message();
        let named = |name: &str| system_message().parameters.into_iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!((named("user").kind.name(), named("user").name.as_str()), ("guest", "Guest"));
        try_set(&guest, " Gerda ").unwrap();
        assert_eq!(named("user").name, "Gerda (guest)");
        assert!(named("user").id.starts_with("guest/"));

        let (moderator, token) = (guest.clone(), room.clone());
        app.write(move |tx| {
            crate::conversation::rename::rename(tx, &moderator, &token, "Renamed", &crate::Rules::V1)
        });
        assert_eq!(
            (system_message().actor.kind.name(), system_message().actor_display_name.as_str()),
            ("guests", "Gerda")
        );
        assert_eq!(
            app.sees(&guest, &room).last_message().message,
            r#"{actor} renamed the conversation from "Room" to "Renamed""#
        );
        try_set(&guest, "").unwrap();
        assert_eq!(
            (system_message().actor_display_name.as_str(), named("actor").name.as_str()),
            ("", "Guest")
        );
    }
}
