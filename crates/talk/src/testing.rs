//! What tests of use cases need: a store in memory, a clock that tests set, and shorthands for use cases.

use std::fmt::Debug;
use std::sync::Arc;

use plauder_model::rng::SeededRng;
use plauder_model::time::ManualClock;
use plauder_model::{Clock as _, ConversationType, Timestamp, Token, UserId};
use plauder_store::accounts::Account;
use plauder_store::{Database, StoreError, Transaction, accounts, groups};

use crate::account::create::{self, CreateAccount};
use crate::caller::Credentials;
use crate::chat::message::MessageView;
use crate::conversation::view::{Detail, OwnState, RoomContent, RoomSettings};
use crate::conversation::{self, RoomView};
use crate::participant::join;
use crate::{Caller, Settings, SignedIn, group, maintenance, participant, secret};

pub(crate) struct App {
    database: Database,
    clock: Arc<ManualClock>,
}

/// The account as a caller.
pub(crate) fn caller_of(account: &Account) -> Caller {
    Caller::Account(signed_in(account))
}

/// The account as a caller who signed in with its password.
pub(crate) fn signed_in(account: &Account) -> SignedIn {
    let credentials = Credentials::Password {
        user_key: UserId::key_of(&account.user_id),
        password_hash: account.password_hash.clone(),
    };
    SignedIn { account: account.clone(), app_password: None, credentials }
}

impl App {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(1_600_000_000));
        let database = Database::in_memory(Arc::clone(&clock) as _, Arc::new(SeededRng::new(1))).unwrap();
        Self { database, clock }
    }

    /// Advances the clock by `seconds`.
    pub(crate) fn wind(&self, seconds: i64) {
        self.clock.wind(seconds);
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs all maintenance tasks that are due.
    pub(crate) fn runs_maintenance(&self) {
        for due in self.write(maintenance::list_due) {
            self.write(move |tx| maintenance::run_task(tx, &due));
        }
    }

    /// Joins a conversation with an account.
    pub(crate) fn joins(&self, account: &Account, token: &Token) -> RoomView {
        self.lets_in(&caller_of(account), token).conversation
    }

    /// A new guest who joins a public conversation.
    pub(crate) fn guest(&self, token: &Token) -> Caller {
        let joined = self.lets_in(&Caller::Nobody, token);
        Caller::Guest(secret::hash(&joined.cookie.unwrap()))
    }

    /// Joins a conversation as any caller.
    pub(crate) fn lets_in(&self, caller: &Caller, token: &Token) -> join::Joined {
        let (caller, token) = (caller.clone(), token.clone());
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            let request = join::JoinRoom { force: true, verified_hash: None };
            join::join(tx, &caller, &settings, &token, &request, Detail::Plain)
        })
    }

    /// A conversation as the caller sees it.
    pub(crate) fn sees(&self, caller: &Caller, token: &Token) -> RoomView {
        let (caller, token) = (caller.clone(), token.clone());
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            conversation::show::show(tx, &caller, &settings, &token, Detail::WithParticipants)
        })
    }

    /// Runs a use case that must succeed.
    pub(crate) fn write<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: From<StoreError> + Debug + Send + 'static,
    {
        self.try_write(work).unwrap()
    }

    /// Runs a use case that may be refused; a refusal must have changed nothing.
    pub(crate) fn try_write<T, E>(
        &self,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.database.write_blocking(work)
    }

    /// Creates an account `id`; its display name begins with a capital letter.
    pub(crate) fn user(&self, id: &str) -> Account {
        let id = id.to_owned();
        self.write(move |tx| {
            let display_name = id[..1].to_uppercase() + &id[1..];
            let password_hash = format!("hash of {id}");
            create::create(
                tx,
                &CreateAccount {
                    user_id: id.clone(),
                    display_name,
                    password_hash,
                    ..CreateAccount::default()
                },
            )?;
            Ok::<_, create::CreateAccountError>(accounts::find(tx, &id)?.unwrap())
        })
    }

    /// The current account `id`.
    pub(crate) fn account(&self, id: &'static str) -> Account {
        self.write(move |tx| accounts::find(tx, id)).unwrap()
    }

    /// Creates a group; members that do not exist are created.
    pub(crate) fn group(&self, id: &str, members: &[&str]) {
        let missing = |member: &&&str| {
            let member = (**member).to_owned();
            self.write(move |tx| accounts::find(tx, &member)).is_none()
        };
        for member in members.iter().filter(missing).collect::<Vec<_>>() {
            self.user(member);
        }
        let (id, members) =
            (id.to_owned(), members.iter().map(|&member| member.to_owned()).collect::<Vec<_>>());
        self.write(move |tx| {
            group::create(tx, &id, "")?;
            let group = groups::find(tx, &id)?.unwrap();
            for member in &members {
                let account = accounts::find(tx, member)?.unwrap();
                groups::add_member(tx, group.key, account.id)?;
            }
            Ok::<_, group::GroupError>(())
        });
    }

    pub(crate) fn makes_group(&self, account: &Account, name: &str) -> Token {
        self.makes(account, ConversationType::Group, "", name)
    }

    pub(crate) fn makes_group_of(&self, account: &Account, group: &str) -> Token {
        self.makes(account, ConversationType::Group, group, "")
    }

    pub(crate) fn makes_public(&self, account: &Account, name: &str) -> Token {
        self.makes(account, ConversationType::Public, "", name)
    }

    pub(crate) fn makes_one_to_one(&self, account: &Account, other: &str) -> Token {
        self.makes(account, ConversationType::OneToOne, other, "")
    }

    fn makes(&self, account: &Account, kind: ConversationType, invite: &str, name: &str) -> Token {
        let account = account.clone();
        let request = conversation::create::CreateRoom {
            room_type: kind.number(),
            invite: invite.to_owned(),
            source: String::new(),
            room_name: name.to_owned(),
        };
        let created = self.write(move |tx| {
            let settings = Settings::load(tx)?;
            conversation::create::create(tx, &account, &settings, &request, Detail::Plain)
        });
        created.conversation.token
    }

    pub(crate) fn adds(&self, account: &Account, token: &Token, new_participant: &str) {
        let (account, token, new_participant) = (account.clone(), token.clone(), new_participant.to_owned());
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            let request = participant::add::AddParticipant {
                new_participant: new_participant.clone(),
                ..Default::default()
            };
            participant::add::add(tx, &account, &settings, &token, &request)
        });
    }

    pub(crate) fn lists(&self, account: &Account) -> Vec<RoomView> {
        let account = account.clone();
        self.write(move |tx| {
            let settings = Settings::load(tx)?;
            conversation::list::list(tx, &account, &settings, Detail::Plain)
        })
    }
}

/// The parts of a view that must be present.
impl RoomView {
    pub(crate) fn settings(&self) -> &RoomSettings {
        self.settings.as_ref().expect("the caller is an attendee")
    }

    pub(crate) fn own(&self) -> &OwnState {
        self.own.as_ref().expect("the caller is an attendee")
    }

    pub(crate) fn last_message(&self) -> MessageView {
        self.content().last_message.clone().expect("there is a message")
    }

    pub(crate) fn session_id(&self) -> String {
        self.own().session_id.clone().expect("the caller is online")
    }

    pub(crate) fn content(&self) -> &RoomContent {
        self.content.as_ref().expect("the caller is an attendee and past the lobby")
    }
}
