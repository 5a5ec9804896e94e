//! Who may do what in a conversation.
//!
//! # Order of refusals
//! A request can be refused for several reasons at once. The first of this list is the one that the client sees:
//!
//! | | reason | where it is checked |
//! |---|---|---|
//! | 1 | there is no such conversation, or not for the caller | `Access::load`, `Access::load_locked` |
//! | 2 | the caller is no moderator | `Access::require` |
//! | 3 | the lobby is closed to the caller | `Access::require` |
//! | 4 | the conversation is read-only | `Access::require` |
//! | 5 | a value, a type of conversation, a participant | the use case, after the others |
//!
//! One [`Capability`] stands for all the conditions that an operation has, so that a use case requires it in one place
//! and cannot mix up their order.

use plauder_model::{
    AccountId, ActorRef, ConversationId, LobbyState, ParticipantType, Permissions, ReadOnly, Reason,
    StartCalls, Timestamp, Token,
};
use plauder_store::accounts::Account;
use plauder_store::attendees::Attendee;
use plauder_store::conversations::Conversation;
use plauder_store::sessions::{self, Session};
use plauder_store::{StoreError, Transaction, attendees, conversations};
use thiserror::Error;

use crate::Caller;
use crate::refusal::{Refusal, UseCaseError};

/// What an attendee may do in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Change the conversation and who is in it: owners, moderators and guest moderators.
    Moderate,
    /// Change what only a moderator with an account may change: owners and moderators.
    ModerateSignedIn,
    /// Read messages and wait for them: everybody whom the lobby lets pass.
    PassLobby,
    /// See who else is in the conversation: as [`Self::PassLobby`], but of the guests only moderators.
    ListParticipants,
    /// Mention others: as [`Self::PassLobby`], unless the conversation is read-only.
    Write,
    /// Post messages: as [`Self::Write`], with the permission [`Permissions::CHAT`].
    Chat,
    /// Join a call: as [`Self::Write`], with the permission [`Permissions::JOIN_CALL`].
    JoinCall,
    /// Start a call, where the server's setting permits it, with the permission [`Permissions::START_CALL`].
    StartCall(StartCalls),
    /// Mention accounts that are not in the conversation: members, but nobody who came through its link. A guest must
    /// not find out which accounts there are, so that such a mention stays text.
    MentionNonMembers,
}

/// Why an attendee may not do something, or is no attendee at all.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The conversation does not exist, or not for the caller.
    #[error("The conversation could not be found")]
    NotFound,
    /// The caller is no moderator, or not of the kind that is needed.
    #[error("This needs moderator permissions")]
    NotModerator,
    /// The lobby is closed to the caller.
    #[error("The lobby is closed to all but moderators")]
    Lobby,
    /// The conversation is read-only.
    #[error("The conversation is read-only")]
    ReadOnly,
    /// The caller lacks a permission.
    #[error("Your permissions in this conversation do not include this")]
    Permission,
    /// The caller may join a call, but not start one (setting `start_calls`).
    #[error("You may not start a call here, only join one")]
    StartCall,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for AccessError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NotFound => Reason::NotFound.into(),
            Self::NotModerator => Reason::NotModerator.into(),
            Self::Lobby => Reason::Lobby.into(),
            Self::ReadOnly => Reason::ReadOnly.into(),
            Self::Permission => Reason::Forbidden.into(),
            Self::StartCall => Reason::StartCall.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Whose attendee is looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Requester<'a> {
    /// An account.
    Account(AccountId),
    /// A guest, by the hash of their cookie.
    Guest(&'a str),
    /// A caller without an account and without a cookie, who is in no conversation.
    Nobody,
}

impl<'a> From<&'a Caller> for Requester<'a> {
    fn from(caller: &'a Caller) -> Self {
        match caller {
            Caller::Account(signed_in) => Self::Account(signed_in.account.id),
            Caller::Guest(key) => Self::Guest(key),
            Caller::Nobody => Self::Nobody,
        }
    }
}

impl From<&Account> for Requester<'_> {
    fn from(account: &Account) -> Self {
        Self::Account(account.id)
    }
}

/// A conversation and the caller's attendee in it.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) conversation: Conversation,
    pub(crate) attendee: Attendee,
    /// The effective permissions. Neither attendees nor conversations have permissions of their own yet.
    pub(crate) permissions: Permissions,
    /// The lobby may open at a set time.
    now: Timestamp,
}

impl Access {
    /// Loads the conversation with the caller's attendee, to read from it.
    pub(crate) fn load<'a>(
        tx: &mut Transaction<'_>,
        requester: impl Into<Requester<'a>>,
        token: &Token,
    ) -> Result<Self, AccessError> {
        Self::load_by(tx, requester.into(), token, conversations::find)
    }

    /// Loads the conversation with the caller's attendee, and locks the conversation until the transaction ends. Use
    /// cases of an attendee that write begin here, but `chat::record_presence`, which writes the caller's own rows.
    /// Joining, going offline, creating, maintenance, administration and deleting an account lock by themselves.
    pub(crate) fn load_locked<'a>(
        tx: &mut Transaction<'_>,
        requester: impl Into<Requester<'a>>,
        token: &Token,
    ) -> Result<Self, AccessError> {
        Self::load_by(tx, requester.into(), token, conversations::lock)
    }

    fn load_by(
        tx: &mut Transaction<'_>,
        requester: Requester<'_>,
        token: &Token,
        find: fn(&mut Transaction<'_>, &Token) -> Result<Option<Conversation>, StoreError>,
    ) -> Result<Self, AccessError> {
        if matches!(requester, Requester::Nobody) {
            return Err(AccessError::NotFound);
        }
        let conversation = find(tx, token)?.ok_or(AccessError::NotFound)?;
        let attendee = find_attendee(tx, conversation.id, requester)?.ok_or(AccessError::NotFound)?;
        let permissions =
            Permissions::effective(attendee.participant_type, Permissions::NONE, Permissions::NONE);
        Ok(Self { conversation, attendee, permissions, now: tx.now() })
    }

    /// Refuses unless the attendee has the capability.
    pub(crate) fn require(&self, capability: Capability) -> Result<(), AccessError> {
        let participant_type = self.attendee.participant_type;
        match capability {
            Capability::Moderate => self.require_moderator(ParticipantType::is_moderator),
            Capability::ModerateSignedIn => self.require_moderator(ParticipantType::is_signed_in_moderator),
            Capability::PassLobby => self.require_past_lobby(),
            Capability::ListParticipants => {
                self.require_moderator(|own| !own.is_guest() || own.is_moderator())?;
                self.require_past_lobby()
            }
            Capability::Write => {
                self.require_past_lobby()?;
                self.require_writable()
            }
            Capability::Chat => {
                self.require(Capability::Write)?;
                self.require_permission(Permissions::CHAT)
            }
            Capability::JoinCall => {
                self.require(Capability::Write)?;
                self.require_permission(Permissions::JOIN_CALL)
            }
            Capability::StartCall(setting) => {
                if setting.allows(participant_type) && self.permissions.contains(Permissions::START_CALL) {
                    Ok(())
                } else {
                    Err(AccessError::StartCall)
                }
            }
            Capability::MentionNonMembers => {
                if participant_type.is_transient() {
                    Err(AccessError::NotFound)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Whether the attendee has the capability.
    pub(crate) fn has(&self, capability: Capability) -> bool {
        self.require(capability).is_ok()
    }

    /// The sessions with which the attendee is online.
    pub(crate) fn sessions(&self, tx: &mut Transaction<'_>) -> Result<Vec<Session>, StoreError> {
        sessions::list_by_attendee(tx, self.attendee.id)
    }

    /// The attendee as the actor of system messages.
    pub(crate) fn actor(&self) -> ActorRef<'_> {
        self.attendee.actor()
    }

    fn require_moderator(&self, is_permitted: impl Fn(ParticipantType) -> bool) -> Result<(), AccessError> {
        if is_permitted(self.attendee.participant_type) { Ok(()) } else { Err(AccessError::NotModerator) }
    }

    fn require_permission(&self, permission: Permissions) -> Result<(), AccessError> {
        if self.permissions.contains(permission) { Ok(()) } else { Err(AccessError::Permission) }
    }

    fn require_past_lobby(&self) -> Result<(), AccessError> {
        let (lobby, _) = self.conversation.lobby(self.now);
        let passes = lobby == LobbyState::Off || self.permissions.contains(Permissions::PASS_LOBBY);
        if passes { Ok(()) } else { Err(AccessError::Lobby) }
    }

    fn require_writable(&self) -> Result<(), AccessError> {
        match self.conversation.read_only {
            ReadOnly::Off => Ok(()),
            ReadOnly::On => Err(AccessError::ReadOnly),
        }
    }
}

/// The requester's attendee in a conversation, if there is one.
pub(crate) fn find_attendee<'a>(
    tx: &mut Transaction<'_>,
    conversation: ConversationId,
    requester: impl Into<Requester<'a>>,
) -> Result<Option<Attendee>, StoreError> {
    match requester.into() {
        Requester::Account(account) => attendees::find(tx, conversation, account),
        Requester::Guest(key) => attendees::find_guest(tx, conversation, key),
        Requester::Nobody => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{lobby, read_only};
    use crate::participant::promote::{PromotionTarget, promote};
    use crate::testing::{App, caller_of};

    fn refusal(app: &App, caller: &Caller, token: &Token, capability: Capability) -> Option<Reason> {
        let (caller, token) = (caller.clone(), token.clone());
        let result = app.try_write(move |tx| Access::load(tx, &caller, &token)?.require(capability));
        result.err().map(|error| error.reason())
    }

    #[test]
    fn capabilities_depend_on_the_participant_type() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let (guest, promoted) = (app.guest(&room), app.guest(&room));
        let session = app.sees(&promoted, &room).session_id();
        let (owner, token) = (caller_of(&alice), room.clone());
        app.write(move |tx| promote(tx, &owner, &token, &PromotionTarget::Guest(session.clone())));
        let all = [caller_of(&alice), caller_of(&bob), guest, promoted];
        let have = |capability| all.each_ref().map(|one| refusal(&app, one, &room, capability).is_none());
        assert_eq!(have(Capability::Moderate), [true, false, false, true]);
        assert_eq!(have(Capability::ModerateSignedIn), [true, false, false, false]);
        assert_eq!(have(Capability::ListParticipants), [true, true, false, true]);
        assert_eq!(have(Capability::MentionNonMembers), [true, true, false, false]);
        assert_eq!(have(Capability::StartCall(StartCalls::Users)), [true, true, false, true]);
        assert_eq!(have(Capability::Write), [true; 4]);
    }

    #[test]
    fn permissions_decide_about_chat_calls_and_the_lobby() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let room = app.makes_group(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let reasons = |permissions: Permissions| {
            let (bob, room) = (bob.clone(), room.clone());
            app.write(move |tx| {
                let access = Access { permissions, ..Access::load(tx, &bob, &room)? };
                let start_call = Capability::StartCall(StartCalls::Everyone);
                let capabilities =
                    [Capability::PassLobby, Capability::Chat, start_call, Capability::JoinCall];
                let refused = capabilities.map(|one| access.require(one).err().map(|error| error.reason()));
                Ok::<_, AccessError>(refused)
            })
        };
        assert_eq!(reasons(Permissions::DEFAULT), [None; 4]);
        assert_eq!(reasons(Permissions::DEFAULT.without(Permissions::CHAT))[1], Some(Reason::Forbidden));
        assert_eq!(
            reasons(Permissions::DEFAULT.without(Permissions::START_CALL))[2],
            Some(Reason::StartCall)
        );
        assert_eq!(reasons(Permissions::DEFAULT.without(Permissions::JOIN_CALL))[3], Some(Reason::Forbidden));
        app.write({
            let (alice, room) = (alice.clone(), room.clone());
            move |tx| lobby::set(tx, &alice, &room, 1, 0)
        });
        assert_eq!(reasons(Permissions::DEFAULT)[0], Some(Reason::Lobby));
        assert_eq!(reasons(Permissions::DEFAULT.with(Permissions::PASS_LOBBY))[0], None);
    }

    #[test]
    fn refusals_come_in_their_order() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let room = app.makes_public(&alice, "Room");
        app.adds(&alice, &room, "bob");
        let guest = app.guest(&room);
        app.write({
            let (alice, room) = (alice.clone(), room.clone());
            move |tx| {
                lobby::set(tx, &alice, &room, 1, 0)?;
                read_only::set(tx, &alice, &room, 1).unwrap();
                Ok::<_, lobby::LobbyError>(())
            }
        });
        let write = |caller: &Caller| refusal(&app, caller, &room, Capability::Write);
        for outside in [caller_of(&carla), Caller::Nobody, Caller::Guest("unknown".into())] {
            assert_eq!(write(&outside), Some(Reason::NotFound));
        }
        let list = refusal(&app, &guest, &room, Capability::ListParticipants);
        assert_eq!(list, Some(Reason::NotModerator), "before the lobby");
        assert_eq!(write(&caller_of(&bob)), Some(Reason::Lobby), "before read-only");
        assert_eq!(write(&caller_of(&alice)), Some(Reason::ReadOnly));
    }
}
