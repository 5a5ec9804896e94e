//! "Get single conversation (also for guests)".

use plauder_model::{ConversationType, Token};
use plauder_store::memberships::Membership;
use plauder_store::{StoreError, Transaction, conversations, memberships, message_names};

use super::view::{self, Detail, RoomView};
use crate::access::AccessError;
use crate::{Caller, Settings};

/// The conversation `token` as the caller sees it: everything for an attendee; of a public conversation only that it
/// exists for anybody else; otherwise nothing.
pub fn show(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    settings: &Settings,
    token: &Token,
    detail: Detail,
) -> Result<RoomView, AccessError> {
    if let Some(membership) = membership_of(tx, caller, token)? {
        return Ok(from_membership(tx, membership, settings, detail)?);
    }
    match conversations::find(tx, token)? {
        Some(conversation) if conversation.kind == ConversationType::Public => {
            Ok(view::for_non_member(&conversation))
        }
        _ => Err(AccessError::NotFound),
    }
}

/// The conversation `token` with the caller's attendee, if the caller is one.
pub(crate) fn membership_of(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    token: &Token,
) -> Result<Option<Membership>, StoreError> {
    match caller {
        Caller::Account(signed_in) => memberships::find(tx, signed_in.account.id, token),
        Caller::Guest(key) => memberships::find_of_guest(tx, key, token),
        Caller::Nobody => Ok(None),
    }
}

/// The conversation as this attendee sees it.
pub(crate) fn from_membership(
    tx: &mut Transaction<'_>,
    membership: Membership,
    settings: &Settings,
    detail: Detail,
) -> Result<RoomView, StoreError> {
    let conversation = &membership.conversation;
    let has_name = !conversation.name.is_empty() || conversation.kind == ConversationType::OneToOne;
    let nameless = if has_name { Vec::new() } else { memberships::list_names(tx, conversation.id)? };
    let id = conversation.id;
    let members = match detail {
        Detail::Plain => Vec::new(),
        Detail::WithParticipants => memberships::list_members_by_ping(tx, id)?,
    };
    let names = match &membership.last_message {
        Some(message) if message.names > 0 => message_names::list_between(tx, id, message.id, message.id)?,
        _ => Vec::new(),
    };
    let nameless = nameless.iter().map(String::as_str);
    Ok(view::for_attendee(membership, settings, nameless, members, &names, tx.now()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{App, caller_of};

    #[test]
    fn non_members_see_only_that_a_public_conversation_exists() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let public = app.makes_public(&alice, "Open house");
        let group = app.makes_group(&alice, "Secret");
        for caller in [Caller::Nobody, caller_of(&bob)] {
            let look = |token: &Token| {
                let (caller, token) = (caller.clone(), token.clone());
                app.try_write(move |tx| {
                    let settings = Settings::load(tx)?;
                    show(tx, &caller, &settings, &token, Detail::WithParticipants)
                })
            };
            let seen = look(&public).unwrap();
            let all_of_it = app.write({
                let public = public.clone();
                move |tx| conversations::find(tx, &public)
            });
            assert_eq!(seen, view::for_non_member(&all_of_it.unwrap()));
            assert_eq!((seen.settings, seen.own, seen.content), (None, None, None));
            assert!(matches!(look(&group), Err(AccessError::NotFound)));
            assert!(matches!(look(&Token::parse("unknown8").unwrap()), Err(AccessError::NotFound)));
        }
    }
}
