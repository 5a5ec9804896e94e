//! The steps of a history, and who takes them.

use plauder_model::ConversationType;
use proptest::prelude::*;

/// The actor of a step: four accounts, three guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Persona {
    Ana,
    Ben,
    Cleo,
    Dan,
    Gast,
    Gerd,
    Gina,
}

pub(super) use Persona::{Ana, Ben, Cleo, Dan, Gast, Gerd, Gina};

pub(super) const ACCOUNTS: [Persona; 4] = [Ana, Ben, Cleo, Dan];
const EVERYBODY: [Persona; 7] = [Ana, Ben, Cleo, Dan, Gast, Gerd, Gina];

/// A slot for a conversation. A later one in the same slot replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    First,
    Second,
    Pair,
}

/// A step: an operation that a persona tries.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Makes(Persona, Room, ConversationType),
    TalksTo(Persona, Persona),
    Joins {
        who: Persona,
        room: Room,
        force: bool,
    },
    GoesOffline(Persona, Room),
    Leaves(Persona, Room),
    Adds(Persona, Room, Persona),
    AddsEverybody(Persona, Room),
    Invites(Persona, Room),
    Removes(Persona, Room, Persona),
    Promotes(Persona, Room, Persona),
    Demotes(Persona, Room, Persona),
    Opens(Persona, Room),
    Closes(Persona, Room),
    SetsReadOnly(Persona, Room, i64),
    SetsPassword(Persona, Room, &'static str),
    SetsLobby {
        who: Persona,
        room: Room,
        state: i64,
        seconds: i64,
    },
    Renames(Persona, Room),
    Describes(Persona, Room, &'static str),
    CallsThemselves(Persona, Room, &'static str),
    JoinsCall(Persona, Room),
    LeavesCall(Persona, Room),
    Says(Persona, Room, &'static str),
    Reads(Persona, Room, i64),
    Likes(Persona, Room, bool),
    SetsLevel(Persona, Room, i64),
    DismissesNotifications(Persona),
    IsCalled(Persona, &'static str),
    /// An administrator enables or disables an account.
    IsEnabled(Persona, bool),
    Deletes(Persona, Room),
    DeletesOwnAccount(Persona),
    /// An administrator promotes somebody on the command line.
    AdministratorPromotes(Room, Persona),
    /// An administrator removes a conversation on the command line.
    AdministratorDeletes(Room),
    TimePasses(i64),
}

impl Step {
    /// The persona of the step; `None` for time and for administrators' commands.
    pub(super) fn by(self) -> Option<Persona> {
        match self {
            Self::Makes(who, ..)
            | Self::TalksTo(who, _)
            | Self::Joins { who, .. }
            | Self::GoesOffline(who, _)
            | Self::Leaves(who, _)
            | Self::Adds(who, ..)
            | Self::AddsEverybody(who, _)
            | Self::Invites(who, _)
            | Self::Removes(who, ..)
            | Self::Promotes(who, ..)
            | Self::Demotes(who, ..)
            | Self::Opens(who, _)
            | Self::Closes(who, _)
            | Self::SetsReadOnly(who, ..)
            | Self::SetsPassword(who, ..)
            | Self::SetsLobby { who, .. }
            | Self::Renames(who, _)
            | Self::Describes(who, ..)
            | Self::CallsThemselves(who, ..)
            | Self::JoinsCall(who, _)
            | Self::LeavesCall(who, _)
            | Self::Says(who, ..)
            | Self::Reads(who, ..)
            | Self::Likes(who, ..)
            | Self::SetsLevel(who, ..)
            | Self::DismissesNotifications(who)
            | Self::IsCalled(who, _)
            | Self::Deletes(who, _)
            | Self::DeletesOwnAccount(who) => Some(who),
            Self::IsEnabled(..)
            | Self::AdministratorPromotes(..)
            | Self::AdministratorDeletes(_)
            | Self::TimePasses(_) => None,
        }
    }
}

/// Any step.
pub(super) fn step() -> impl Strategy<Value = Step> {
    use prop::sample::select;
    let somebody = || select(EVERYBODY.to_vec());
    let account = || select(ACCOUNTS.to_vec());
    let room = || prop_oneof![5 => Just(Room::First), 3 => Just(Room::Second), 2 => Just(Room::Pair)];
    let shared = || select(vec![ConversationType::Group, ConversationType::Public]);
    let place = || select(vec![Room::First, Room::Second]);
    let force = || prop::bool::weighted(0.7);
    prop_oneof![
        1 => (account(), place(), shared()).prop_map(|(who, room, kind)| Step::Makes(who, room, kind)),
        1 => (account(), account()).prop_map(|(who, other)| Step::TalksTo(who, other)),
        8 => (somebody(), room(), force()).prop_map(|(who, room, force)| Step::Joins { who, room, force }),
        2 => (somebody(), room()).prop_map(|(who, room)| Step::GoesOffline(who, room)),
        2 => (account(), room()).prop_map(|(who, room)| Step::Leaves(who, room)),
        4 => (account(), room(), account()).prop_map(|(who, room, other)| Step::Adds(who, room, other)),
        1 => (account(), room()).prop_map(|(who, room)| Step::AddsEverybody(who, room)),
        1 => (account(), room()).prop_map(|(who, room)| Step::Invites(who, room)),
        3 => (somebody(), room(), somebody()).prop_map(|(who, room, other)| Step::Removes(who, room, other)),
        4 => (somebody(), room(), somebody()).prop_map(|(who, room, other)| Step::Promotes(who, room, other)),
        2 => (somebody(), room(), somebody()).prop_map(|(who, room, other)| Step::Demotes(who, room, other)),
        2 => (account(), room()).prop_map(|(who, room)| Step::Opens(who, room)),
        1 => (account(), room()).prop_map(|(who, room)| Step::Closes(who, room)),
        1 => (account(), room(), 0_i64..=1).prop_map(|(who, room, state)| Step::SetsReadOnly(who, room, state)),
        1 => (somebody(), room(), select(vec!["", "", "hash"]))
            .prop_map(|(who, room, hash)| Step::SetsPassword(who, room, hash)),
        2 => (account(), room(), 0_i64..=1, select(vec![0_i64, 30]))
            .prop_map(|(who, room, state, seconds)| Step::SetsLobby { who, room, state, seconds }),
        1 => (somebody(), room()).prop_map(|(who, room)| Step::Renames(who, room)),
        1 => (somebody(), room(), select(vec!["", "About us"]))
            .prop_map(|(who, room, text)| Step::Describes(who, room, text)),
        1 => (somebody(), room(), select(vec!["", "Gustav"]))
            .prop_map(|(who, room, name)| Step::CallsThemselves(who, room, name)),
        5 => (somebody(), room()).prop_map(|(who, room)| Step::JoinsCall(who, room)),
        2 => (somebody(), room()).prop_map(|(who, room)| Step::LeavesCall(who, room)),
        4 => (somebody(), room(), select(vec!["Hello", "Hello @ana", "Hello @all"]))
            .prop_map(|(who, room, text)| Step::Says(who, room, text)),
        3 => (account(), room(), 0_i64..=2).prop_map(|(who, room, back)| Step::Reads(who, room, back)),
        1 => (account(), room(), any::<bool>()).prop_map(|(who, room, likes)| Step::Likes(who, room, likes)),
        1 => (account(), room(), 0_i64..=3).prop_map(|(who, room, level)| Step::SetsLevel(who, room, level)),
        1 => account().prop_map(Step::DismissesNotifications),
        1 => (account(), select(vec!["One", "Two"])).prop_map(|(who, name)| Step::IsCalled(who, name)),
        1 => (account(), any::<bool>()).prop_map(|(who, enabled)| Step::IsEnabled(who, enabled)),
        1 => (somebody(), room()).prop_map(|(who, room)| Step::Deletes(who, room)),
        2 => account().prop_map(Step::DeletesOwnAccount),
        1 => (room(), account()).prop_map(|(room, who)| Step::AdministratorPromotes(room, who)),
        1 => room().prop_map(Step::AdministratorDeletes),
        2 => select(vec![1_i64, 30, 60, 100]).prop_map(Step::TimePasses),
    ]
}

/// The user id of a persona, or the name of a guest.
pub(super) fn id(who: Persona) -> &'static str {
    match who {
        Ana => "ana",
        Ben => "ben",
        Cleo => "cleo",
        Dan => "dan",
        Gast => "gast",
        Gerd => "gerd",
        Gina => "gina",
    }
}
