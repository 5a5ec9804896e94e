//! Actors: who does something, as the members `actorType` and `actorId` of the API name them.

use crate::id::AccountId;
use crate::wire::wire_names;

wire_names! {
    /// The kind of an actor (member `actorType`).
    ActorKind {
        /// A person with an account.
        User = "users",
        /// A person without an account who joined a public conversation through its link.
        Guest = "guests",
        /// An e-mail address that was invited.
        Email = "emails",
        /// A group of accounts, created by administrators.
        Group = "groups",
        /// A team: a group of accounts, created by one of its members.
        Circle = "circles",
        /// A program that writes messages.
        Bot = "bots",
        /// A person whose account was deleted.
        DeletedUser = "deleted_users",
    }
}

/// An actor, as the API names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The kind of actor.
    pub kind: ActorKind,
    /// The id among the actors of this kind.
    pub id: String,
}

impl Actor {
    /// The actor that represents all deleted accounts.
    #[must_use]
    pub fn deleted_user() -> Self {
        Self { kind: ActorKind::DeletedUser, id: ActorKind::DeletedUser.name().to_owned() }
    }

    /// The user id of an account (member `userId` of API v1 and v2); empty for every other actor.
    #[must_use]
    pub fn user_id(&self) -> &str {
        if self.kind == ActorKind::User { &self.id } else { "" }
    }

    /// Whether the actor is the server itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind == ActorKind::Guest && self.id == SYSTEM_ID
    }
}

/// The id of the server, which acts as a guest without a display name.
const SYSTEM_ID: &str = "system";

/// An actor, as SQL statements refer to it: an account by its number, every other actor by kind and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorRef<'a> {
    /// A person with an account.
    Account(AccountId),
    /// An actor without an account.
    WithoutAccount {
        /// The kind of actor.
        kind: ActorKind,
        /// The id among the actors of this kind.
        id: &'a str,
    },
}

impl<'a> ActorRef<'a> {
    /// The server itself.
    pub const SYSTEM: ActorRef<'static> = ActorRef::guest(SYSTEM_ID);

    /// A guest.
    #[must_use]
    pub const fn guest(id: &'a str) -> Self {
        Self::WithoutAccount { kind: ActorKind::Guest, id }
    }

    /// The kind of actor.
    #[must_use]
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::Account(_) => ActorKind::User,
            Self::WithoutAccount { kind, .. } => kind,
        }
    }

    /// The number of the account; `None` for an actor without an account.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::WithoutAccount { .. } => None,
        }
    }

    /// The id of an actor without an account; empty for an account, which has a number instead.
    #[must_use]
    pub const fn id(self) -> &'a str {
        match self {
            Self::Account(_) => "",
            Self::WithoutAccount { id, .. } => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_parsed_from_its_name() {
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(ActorKind::from_name("moons"), None);
    }

    #[test]
    fn only_the_guest_with_the_system_id_is_the_server() {
        let ActorRef::WithoutAccount { kind, id } = ActorRef::SYSTEM else {
            panic!("the server has no account")
        };
        assert!(Actor { kind, id: id.to_owned() }.is_system());
        assert!(!Actor { kind: ActorKind::User, id: "system".to_owned() }.is_system());
        assert!(!Actor { kind: ActorKind::Guest, id: "a".repeat(40) }.is_system());
    }

    #[test]
    fn an_accounts_id_is_not_its_user_id() {
        let account = ActorRef::Account(AccountId(7));
        assert_eq!(
            (account.kind(), account.account(), account.id()),
            (ActorKind::User, Some(AccountId(7)), "")
        );
        let guest = ActorRef::guest("abc");
        assert_eq!((guest.kind(), guest.account(), guest.id()), (ActorKind::Guest, None, "abc"));
    }
}
