//! Joining a conversation: beginning a session.

use plauder_model::{ConversationType, MessageId, ParticipantType, Reason, Token, session};
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::sessions::{self, Session};
use plauder_store::{StoreError, Transaction, attendees, call_participants, conversations, notifications};
use thiserror::Error;

use super::removal::end_sessions;
use crate::access::find_attendee;
use crate::conversation::show::{from_membership, membership_of};
use crate::conversation::view::{Detail, RoomView};
use crate::refusal::{Refusal, UseCaseError};
use crate::{Caller, Settings, secret};

/// A request to join.
#[derive(Debug, Clone)]
pub struct JoinRoom {
    /// Whether to end the attendee's other session if it is alive.
    pub force: bool,
    /// The hash that the presented password matches; verified before, because that is slow.
    pub verified_hash: Option<String>,
}

/// The result of [`join`].
#[derive(Debug)]
pub struct Joined {
    /// The conversation as the caller sees it.
    pub conversation: RoomView,
    /// Whether the caller is a guest.
    pub is_guest: bool,
    /// The value of a new guest's cookie.
    pub cookie: Option<String>,
}

/// Why the caller does not join.
#[derive(Debug, Error)]
pub enum JoinRoomError {
    /// The conversation does not exist, or not for the caller.
    #[error("The conversation could not be found")]
    NotFound,
    /// The password with this hash is needed. The hash must not leave the server.
    #[error("password is not the conversation's")]
    Password(String),
    /// The attendee has a session that is alive, and `force` is not set.
    #[error("You are online in this conversation with another session")]
    SessionConflict(Session),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for JoinRoomError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NotFound => Reason::NotFound.into(),
            Self::Password(_) => Reason::WrongPassword.into(),
            Self::SessionConflict(_) => Reason::SessionConflict.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Begins a session for the caller and ends the one that they have. In a public conversation a caller who is no
/// attendee becomes one: an account as self-joined, anybody else as a guest. Only these two need the password.
pub fn join(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    settings: &Settings,
    token: &Token,
    request: &JoinRoom,
    detail: Detail,
) -> Result<Joined, JoinRoomError> {
    let conversation = conversations::lock(tx, token)?.ok_or(JoinRoomError::NotFound)?;
    let mut cookie = None;
    let mut caller = caller.clone();
    let attendee = if let Some(attendee) = find_attendee(tx, conversation.id, &caller)? {
        let now = tx.now();
        let is_alive = |session: &Session| session::is_alive(session.last_ping, now);
        let alive = sessions::list_by_attendee(tx, attendee.id)?.into_iter().find(is_alive);
        if let Some(session) = alive.filter(|_| !request.force) {
            return Err(JoinRoomError::SessionConflict(session));
        }
        end_sessions(tx, &conversation, &attendee)?;
        attendee
    } else {
        if conversation.kind != ConversationType::Public {
            return Err(JoinRoomError::NotFound);
        }
        let password = &conversation.password_hash;
        if !password.is_empty() && request.verified_hash.as_ref() != Some(password) {
            return Err(JoinRoomError::Password(password.clone()));
        }
        (caller, cookie) = add_caller(tx, &conversation, caller)?;
        let attendee = find_attendee(tx, conversation.id, &caller)?;
        attendee.ok_or_else(|| StoreError::Impossible("a seat that was just taken".to_owned()))?
    };
    begin_session(tx, &conversation, &attendee)?;
    if let Some(account) = attendee.account {
        notifications::delete_read(tx, conversation.id, account, MessageId(0))?;
    }
    let membership = membership_of(tx, &caller, token)?.ok_or(JoinRoomError::NotFound)?;
    let is_guest = attendee.participant_type.is_guest();
    Ok(Joined { conversation: from_membership(tx, membership, settings, detail)?, is_guest, cookie })
}

/// Makes the caller an attendee. A guest without a known cookie gets a new one: a cookie that somebody else chose must
/// not give access to the attendee.
fn add_caller(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    caller: Caller,
) -> Result<(Caller, Option<String>), StoreError> {
    let (key, cookie) = match caller {
        Caller::Account(signed_in) => {
            attendees::insert(tx, conversation, signed_in.account.id, ParticipantType::SelfJoined)?;
            return Ok((Caller::Account(signed_in), None));
        }
        Caller::Guest(key) if attendees::is_guest_somewhere(tx, &key)? => (key, None),
        Caller::Guest(_) | Caller::Nobody => {
            let cookie = secret::cookie(tx.rng());
            (secret::hash(&cookie), Some(cookie))
        }
    };
    attendees::insert_guest(tx, conversation.id, &key, "")?;
    Ok((Caller::Guest(key), cookie))
}

/// Begins a session. A guest's id is that of their session, so that clients know which messages are theirs.
fn begin_session(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    attendee: &Attendee,
) -> Result<(), StoreError> {
    let session_id = session::new_id(tx.rng());
    sessions::insert(tx, conversation.id, attendee.id, &session_id)?;
    if attendee.account.is_none() {
        let guest_id = secret::guest_id(&session_id);
        call_participants::replace_guest_id(tx, conversation.id, &attendee.actor_id, &guest_id)?;
        attendees::set_actor_id(tx, attendee, &guest_id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::go_offline::go_offline;
    use crate::testing::{App, caller_of};

    fn try_join(
        app: &App,
        caller: &Caller,
        token: &Token,
        request: &JoinRoom,
    ) -> Result<Joined, JoinRoomError> {
        let (caller, token, request) = (caller.clone(), token.clone(), request.clone());
        app.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            join(tx, &caller, &settings, &token, &request, Detail::Plain)
        })
    }

    const GENTLY: JoinRoom = JoinRoom { force: false, verified_hash: None };
    const BY_FORCE: JoinRoom = JoinRoom { force: true, verified_hash: None };

    #[test]
    fn a_session_is_replaced_only_by_force_while_it_is_alive() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_group(&alice, "Room");
        let caller = caller_of(&alice);
        let first = try_join(&app, &caller, &room, &GENTLY).unwrap().conversation.session_id();
        assert_eq!(first.len(), 512);
        app.wind(99);
        let Err(JoinRoomError::SessionConflict(session)) = try_join(&app, &caller, &room, &GENTLY) else {
            panic!("replaced")
        };
        assert_eq!((session.session_id, session.in_call, session.last_ping), (first, 0, app.now() - 99));
        let second = try_join(&app, &caller, &room, &BY_FORCE).unwrap().conversation;
        assert_eq!(app.lists(&alice)[0].own().session_id, second.own().session_id);
        assert_eq!(second.own().last_ping, app.now());
        app.wind(100);
        try_join(&app, &caller, &room, &GENTLY).unwrap();
    }

    #[test]
    fn non_members_join_public_conversations_only() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let (group, public) = (app.makes_group(&alice, "Group"), app.makes_public(&alice, "Public"));
        for non_member in [caller_of(&bob), Caller::Nobody, Caller::Guest("unknown".into())] {
            assert!(matches!(try_join(&app, &non_member, &group, &BY_FORCE), Err(JoinRoomError::NotFound)));
        }
        let joined = try_join(&app, &caller_of(&bob), &public, &BY_FORCE).unwrap();
        assert_eq!(
            (joined.conversation.own().participant_type, joined.cookie),
            (ParticipantType::SelfJoined, None)
        );
        let guest = app.guest(&public);
        let seen = app.sees(&guest, &public);
        assert_eq!((seen.own().participant_type, seen.content().guests), (ParticipantType::Guest, 1));
        assert_eq!((seen.own().can_leave, seen.content().unread_messages), (false, 0));
        for transient in [&guest, &caller_of(&bob)] {
            let (caller, token) = (transient.clone(), public.clone());
            app.write(move |tx| go_offline(tx, &caller, &token));
        }
        assert_eq!(app.sees(&guest, &public).own, None, "a non_member again");
        assert_eq!(app.lists(&bob), []);
        assert_eq!(app.sees(&caller_of(&alice), &public).content().guests, 0);
    }

    #[test]
    fn a_guest_who_joins_again_keeps_attendee_name_and_cookie_but_not_the_id() {
        let app = App::new();
        let alice = app.user("alice");
        let (here, there) = (app.makes_public(&alice, "Here"), app.makes_public(&alice, "There"));
        let guest = app.guest(&here);
        let before = app.sees(&guest, &here).session_id();
        let again = try_join(&app, &guest, &here, &BY_FORCE).unwrap();
        assert_eq!((again.cookie, again.conversation.content().guests), (None, 1));
        assert_ne!(again.conversation.own().session_id, Some(before));
        assert_eq!(try_join(&app, &guest, &there, &BY_FORCE).unwrap().cookie, None, "one cookie for both");
        let made_up = Caller::Guest("made up by somebody else".into());
        assert!(try_join(&app, &made_up, &here, &BY_FORCE).unwrap().cookie.is_some());
        assert_eq!(app.sees(&made_up, &here).own, None, "no seat hangs on that one");
    }

    #[test]
    fn non_members_need_the_current_password() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Locked");
        app.adds(&alice, &room, "bob");
        let lock = |hash: &'static str| {
            let (moderator, token) = (caller_of(&alice), room.clone());
            app.write(move |tx| crate::conversation::password::set(tx, &moderator, &token, hash));
        };
        lock("first");
        let verified_hash = |hash: &str| JoinRoom { force: true, verified_hash: Some(hash.into()) };
        let asked = try_join(&app, &Caller::Nobody, &room, &BY_FORCE);
        assert!(matches!(asked, Err(JoinRoomError::Password(hash)) if hash == "first"));
        lock("second");
        let asked = try_join(&app, &Caller::Nobody, &room, &verified_hash("first"));
        assert!(matches!(asked, Err(JoinRoomError::Password(hash)) if hash == "second"));
        assert!(try_join(&app, &Caller::Nobody, &room, &verified_hash("second")).is_ok());
        assert!(try_join(&app, &caller_of(&bob), &room, &BY_FORCE).is_ok(), "he was added");
    }
}
