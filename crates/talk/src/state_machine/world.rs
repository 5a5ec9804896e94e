//! The personas with their conversations: how they take steps, and what is visible afterwards.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use plauder_model::{ConversationType, ParticipantType, Token};
use plauder_store::accounts::Account;
use plauder_store::conversations::Conversation;
use plauder_store::memberships::{self, ConversationMember};
use plauder_store::{StoreError, Transaction, accounts, conversations, sessions};

use super::steps::{ACCOUNTS, Ana, Ben, Persona, Room, Step, id};
use crate::access::find_attendee;
use crate::account::change::Change;
use crate::chat::{post, read_marker};
use crate::conversation::list::{self, RoomRevision, ViewInputs};
use crate::conversation::view::Detail;
use crate::conversation::{
    self, RoomView, administration, lobby, notification_level, password, public, read_only,
};
use crate::participant::promote::PromotionTarget;
use crate::testing::{App, caller_of};
use crate::{Caller, Rules, Settings, account, call, notification, participant, secret};

/// What is visible of the store: each conversation with its attendees, and each account's views.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) rooms: HashMap<Token, (Conversation, Vec<ConversationMember>)>,
    lists: Vec<Vec<RoomView>>,
    /// The same views with their revisions.
    revisions: Vec<(ViewInputs, Vec<RoomRevision>)>,
}

impl Observed {
    /// The views by revision, as far as they may be cached.
    pub(super) fn by_revision(&self) -> HashMap<(RoomRevision, i64), &RoomView> {
        let lists = self.revisions.iter().zip(&self.lists);
        let each = lists.flat_map(|((inputs, revisions), views)| {
            assert_eq!(revisions.len(), views.len());
            revisions.iter().map(|revision| (*revision, inputs.names)).zip(views)
        });
        each.filter(|(_, view)| view.settings().lobby_timer == 0).collect()
    }

    /// The participant type of an account in a conversation.
    pub(super) fn participant_type(&self, token: &Token, user_id: &str) -> Option<ParticipantType> {
        let (_, members) = self.rooms.get(token)?;
        members.iter().find(|member| member.actor.id == user_id).map(|member| member.participant_type)
    }
}

/// The personas and their conversations.
pub(super) struct World {
    pub(super) app: App,
    guests: RefCell<BTreeMap<&'static str, Caller>>,
    rooms: RefCell<Vec<(Room, Token)>>,
}

impl World {
    pub(super) fn new() -> Self {
        let app = App::new();
        app.group("team", &["ana", "ben", "cleo", "dan"]);
        let world = Self { app, guests: RefCell::default(), rooms: RefCell::default() };
        for step in [
            Step::Makes(Ana, Room::First, ConversationType::Public),
            Step::Makes(Ben, Room::Second, ConversationType::Group),
            Step::TalksTo(Ana, Ben),
        ] {
            world.takes(step).unwrap();
        }
        world
    }

    /// The persona's current account. After a deletion it is a new account with the same id.
    pub(super) fn account(&self, who: Persona) -> Account {
        let find = move |tx: &mut Transaction<'_>| accounts::find(tx, id(who));
        self.app.write(find).unwrap_or_else(|| self.app.user(id(who)))
    }

    fn caller(&self, who: Persona) -> Caller {
        if ACCOUNTS.contains(&who) {
            caller_of(&self.account(who))
        } else {
            self.guests.borrow().get(id(who)).cloned().unwrap_or(Caller::Nobody)
        }
    }

    /// The last conversation in this slot.
    fn token(&self, room: Room) -> Token {
        self.rooms.borrow().iter().rev().find(|(place, _)| *place == room).unwrap().1.clone()
    }

    fn session_of(&self, who: Persona, token: &Token) -> String {
        let (caller, token) = (self.caller(who), token.clone());
        let session = self.app.write(move |tx| {
            let Some(conversation) = conversations::find(tx, &token)? else { return Ok(None) };
            let Some(attendee) = find_attendee(tx, conversation.id, &caller)? else { return Ok(None) };
            Ok::<_, StoreError>(sessions::list_by_attendee(tx, attendee.id)?.into_iter().next())
        });
        session.map_or_else(|| "of nobody".to_owned(), |session| session.session_id)
    }

    pub(super) fn participant_type_of(&self, who: Persona, token: &Token) -> Option<ParticipantType> {
        let (caller, token) = (self.caller(who), token.clone());
        self.app.write(move |tx| {
            let Some(conversation) = conversations::find(tx, &token)? else { return Ok(None) };
            Ok::<_, StoreError>(
                find_attendee(tx, conversation.id, &caller)?.map(|attendee| attendee.participant_type),
            )
        })
    }

    fn target(&self, who: Persona, token: &Token) -> PromotionTarget {
        if ACCOUNTS.contains(&who) {
            PromotionTarget::Account(id(who).to_owned())
        } else {
            PromotionTarget::Guest(self.session_of(who, token))
        }
    }

    pub(super) fn sees(&self) -> Observed {
        let tokens: Vec<Token> = self.rooms.borrow().iter().map(|(_, token)| token.clone()).collect();
        self.app.write(move |tx| {
            let settings = Settings::load(tx)?;
            let mut seen = Observed { rooms: HashMap::new(), lists: Vec::new(), revisions: Vec::new() };
            for token in &tokens {
                if let Some(conversation) = conversations::find(tx, token)? {
                    let members = memberships::list_members(tx, conversation.id)?;
                    seen.rooms.insert(token.clone(), (conversation, members));
                }
            }
            for who in ACCOUNTS {
                if let Some(account) = accounts::find(tx, id(who))? {
                    seen.lists.push(list::list(tx, &account, &settings, Detail::Plain)?);
                    let mut revisions = Vec::new();
                    let noted = |all: &[RoomRevision], _| {
                        revisions.extend_from_slice(all);
                        vec![Some(()); all.len()]
                    };
                    let (inputs, _) = list::list_cached(tx, &account, &settings, noted)?;
                    seen.revisions.push((inputs, revisions));
                }
            }
            Ok::<_, StoreError>(seen)
        })
    }

    /// Runs a use case that may be refused, and returns the reason as an error.
    fn tries<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Settings) -> Result<T, E> + Send + 'static,
    ) -> Result<T, String>
    where
        T: Send + 'static,
        E: From<StoreError> + std::fmt::Debug + Send + 'static,
    {
        let work = move |tx: &mut Transaction<'_>| {
            let settings = Settings::load(tx)?;
            work(tx, &settings)
        };
        self.app.try_write(work).map_err(|error| format!("{error:?}"))
    }

    /// Runs a step; the error is the reason of a refusal.
    pub(super) fn takes(&self, step: Step) -> Result<(), String> {
        use Step as S;
        match step {
            S::Makes(who, room, kind) => {
                self.makes(who, room, kind.number(), "");
                Ok(())
            }
            S::TalksTo(who, other) if who == other => Ok(()),
            S::TalksTo(who, other) => {
                self.makes(who, Room::Pair, ConversationType::OneToOne.number(), id(other));
                Ok(())
            }
            S::Joins { who, room, force } => self.joins(who, &self.token(room), force),
            S::Adds(who, room, other) => self.adds(who, &self.token(room), id(other), "users"),
            S::AddsEverybody(who, room) => self.adds(who, &self.token(room), "team", "groups"),
            S::Invites(who, room) => self.adds(who, &self.token(room), "post@example.org", "emails"),
            S::DeletesOwnAccount(who) => {
                let account = self.account(who);
                self.tries(move |tx, _| account::delete::delete(tx, &account))
            }
            S::AdministratorPromotes(room, who) => {
                let (token, account) = (self.token(room), self.account(who));
                self.tries(move |tx, _| administration::promote(tx, token.as_str(), &account))
            }
            S::AdministratorDeletes(room) => {
                let token = self.token(room);
                self.tries(move |tx, _| administration::delete(tx, token.as_str()))
            }
            S::DismissesNotifications(who) => {
                let account = self.account(who);
                self.tries(move |tx, _| notification::delete::delete_all(tx, &account))
            }
            S::IsCalled(who, name) => {
                let (account, change) = (self.account(who), Change::DisplayName(name.to_owned()));
                self.tries(move |tx, _| account::change::change(tx, &account, &change))
            }
            S::IsEnabled(who, enabled) => {
                let account = self.account(who);
                self.tries(move |tx, _| account::change::change(tx, &account, &Change::Enabled(enabled)))
            }
            S::TimePasses(seconds) => {
                self.app.wind(seconds);
                self.app.runs_maintenance();
                Ok(())
            }
            S::GoesOffline(who, room) | S::JoinsCall(who, room) | S::LeavesCall(who, room) => {
                self.comes_or_goes(step, &self.caller(who), &self.token(room))
            }
            S::Removes(who, room, other) | S::Promotes(who, room, other) | S::Demotes(who, room, other) => {
                self.does_to(step, &self.caller(who), &self.token(room), other)
            }
            S::Says(who, room, _) | S::Reads(who, room, _) | S::Likes(who, room, _) => {
                self.chats(step, &self.caller(who), &self.token(room))
            }
            S::Leaves(who, room)
            | S::Opens(who, room)
            | S::Closes(who, room)
            | S::SetsReadOnly(who, room, _)
            | S::SetsLevel(who, room, _)
            | S::SetsLobby { who, room, .. } => {
                self.changes_with_account(step, &self.account(who), &self.token(room))
            }
            S::SetsPassword(who, room, _)
            | S::Renames(who, room)
            | S::Describes(who, room, _)
            | S::CallsThemselves(who, room, _)
            | S::Deletes(who, room) => self.changes(step, &self.caller(who), &self.token(room)),
        }
    }

    fn chats(&self, step: Step, caller: &Caller, token: &Token) -> Result<(), String> {
        let (caller, token) = (caller.clone(), token.clone());
        match step {
            Step::Says(_, _, text) => {
                let request = post::PostMessage {
                    message: text.to_owned(),
                    reply_to: 0,
                    reference_id: String::new(),
                    display_name: String::new(),
                };
                self.tries(move |tx, settings| post::post(tx, &caller, settings, &token, &request)).map(drop)
            }
            Step::Reads(_, _, back) => self.tries(move |tx, _| {
                let last = conversations::find(tx, &token)?.map_or(0, |found| found.last_message.0);
                read_marker::set(tx, &caller, &token, Some((last - back).max(0)))
            }),
            Step::Likes(_, _, likes) => {
                let account = caller.account().cloned().unwrap();
                self.tries(move |tx, _| conversation::favorite::set(tx, &account, &token, likes))
            }
            other => unreachable!("{other:?}"),
        }
    }

    fn makes(&self, who: Persona, room: Room, room_type: i64, invite: &str) {
        let account = self.account(who);
        let room_name = if invite.is_empty() { "Room".to_owned() } else { String::new() };
        let request = conversation::create::CreateRoom {
            room_type,
            invite: invite.to_owned(),
            source: String::new(),
            room_name,
        };
        let created = self.tries(move |tx, settings| {
            conversation::create::create(tx, &account, settings, &request, Detail::Plain)
        });
        self.rooms.borrow_mut().push((room, created.unwrap().conversation.token));
    }

    fn joins(&self, who: Persona, token: &Token, force: bool) -> Result<(), String> {
        let (caller, token) = (self.caller(who), token.clone());
        let joined = self.tries(move |tx, settings| {
            let request = participant::join::JoinRoom { force, verified_hash: None };
            participant::join::join(tx, &caller, settings, &token, &request, Detail::WithParticipants)
        })?;
        if let Some(cookie) = joined.cookie {
            self.guests.borrow_mut().insert(id(who), Caller::Guest(secret::hash(&cookie)));
        }
        Ok(())
    }

    fn adds(&self, who: Persona, token: &Token, new_participant: &str, source: &str) -> Result<(), String> {
        let (account, token) = (self.account(who), token.clone());
        let request = participant::add::AddParticipant {
            new_participant: new_participant.to_owned(),
            source: source.to_owned(),
            public_url: Some("https://talk.example.org".to_owned()),
        };
        self.tries(move |tx, settings| participant::add::add(tx, &account, settings, &token, &request))
            .map(drop)
    }

    fn comes_or_goes(&self, step: Step, caller: &Caller, token: &Token) -> Result<(), String> {
        let (caller, token) = (caller.clone(), token.clone());
        match step {
            Step::GoesOffline(..) => {
                self.tries(move |tx, _| participant::go_offline::go_offline(tx, &caller, &token))
            }
            Step::JoinsCall(..) => {
                self.tries(move |tx, settings| call::join::join(tx, &caller, settings, &token, 7))
            }
            _ => self.tries(move |tx, _| call::leave::leave(tx, &caller, &token)),
        }
    }

    fn does_to(&self, step: Step, caller: &Caller, token: &Token, other: Persona) -> Result<(), String> {
        let (caller, token, target) = (caller.clone(), token.clone(), self.target(other, token));
        match (step, target) {
            (Step::Removes(..), PromotionTarget::Account(who)) => {
                self.tries(move |tx, _| participant::remove::remove(tx, &caller, &token, &who))
            }
            (Step::Removes(..), PromotionTarget::Guest(session)) => {
                self.tries(move |tx, _| participant::remove_guest::remove(tx, &caller, &token, &session))
            }
            (Step::Promotes(..), target) => {
                self.tries(move |tx, _| participant::promote::promote(tx, &caller, &token, &target))
            }
            (_, target) => {
                self.tries(move |tx, _| participant::promote::demote(tx, &caller, &token, &target))
            }
        }
    }

    fn changes_with_account(&self, step: Step, account: &Account, token: &Token) -> Result<(), String> {
        let (account, token) = (account.clone(), token.clone());
        match step {
            Step::Leaves(..) => self.tries(move |tx, _| participant::leave::leave(tx, &account, &token)),
            Step::Opens(..) => self.tries(move |tx, _| public::open(tx, &account, &token, &Rules::V1)),
            Step::Closes(..) => self.tries(move |tx, _| public::close(tx, &account, &token, &Rules::V1)),
            Step::SetsLobby { state, seconds, .. } => {
                let timer = if seconds > 0 { self.app.now() + seconds } else { 0 };
                self.tries(move |tx, _| lobby::set(tx, &account, &token, state, timer))
            }
            Step::SetsLevel(_, _, level) => {
                self.tries(move |tx, _| notification_level::set(tx, &account, &token, level))
            }
            Step::SetsReadOnly(_, _, state) => {
                self.tries(move |tx, _| read_only::set(tx, &account, &token, state))
            }
            other => unreachable!("{other:?}"),
        }
    }

    fn changes(&self, step: Step, caller: &Caller, token: &Token) -> Result<(), String> {
        let (caller, token) = (caller.clone(), token.clone());
        match step {
            Step::SetsPassword(_, _, hash) => {
                self.tries(move |tx, _| password::set(tx, &caller, &token, hash))
            }
            Step::Renames(..) => self
                .tries(move |tx, _| conversation::rename::rename(tx, &caller, &token, "Renamed", &Rules::V1)),
            Step::Describes(_, _, text) => {
                self.tries(move |tx, _| conversation::description::set(tx, &caller, &token, text, &Rules::V1))
            }
            Step::CallsThemselves(_, _, name) => {
                self.tries(move |tx, _| participant::guest_name::set(tx, &caller, &token, name))
            }
            Step::Deletes(..) => self.tries(move |tx, _| conversation::delete::delete(tx, &caller, &token)),
            other => unreachable!("{other:?}"),
        }
    }
}
