//! Who somebody is: the members `actorType` and `actorId` of the API.

use crate::id::AccountId;
use crate::wire::wire_names;

wire_names! {
    /// What kind of actor somebody is (member `actorType`).
    ActorKind {
        /// A person with an account.
        User = "users",
        /// A person without an account, who joined a public conversation by its link.
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

/// Who somebody is, as the API names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Their id among the actors of this kind.
    pub id: String,
}

impl Actor {
    /// The actor that stands for every person whose account was deleted.
    #[must_use]
    pub fn deleted_user() -> Self {
        Self { kind: ActorKind::DeletedUser, id: ActorKind::DeletedUser.name().to_owned() }
    }

    /// The id of an account; empty for every other actor (members `userId` of API v1 and v2).
    #[must_use]
    pub fn user_id(&self) -> &str {
        if self.kind == ActorKind::User { &self.id } else { "" }
    }

    /// Whether this is the server itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind == ActorKind::Guest && self.id == SYSTEM_ID
    }
}

/// The id of the server itself, which acts as a guest without a name.
const SYSTEM_ID: &str = "system";

/// Who somebody is, as statements take them: an account is a number, every other actor a kind and an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorRef<'a> {
    /// A person with an account.
    Account(AccountId),
    /// An actor without an account.
    Other {
        /// What kind of actor.
        kind: ActorKind,
        /// Their id among the actors of this kind.
        id: &'a str,
    },
}

impl<'a> ActorRef<'a> {
    /// The server itself.
    pub const SYSTEM: ActorRef<'static> = ActorRef::guest(SYSTEM_ID);

    /// The guest with this id.
    #[must_use]
    pub const fn guest(id: &'a str) -> Self {
        Self::Other { kind: ActorKind::Guest, id }
    }

    /// What kind of actor this is.
    #[must_use]
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::Account(_) => ActorKind::User,
            Self::Other { kind, .. } => kind,
        }
    }

    /// The account; `None` for an actor without one.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Other { .. } => None,
        }
    }

    /// The id of an actor without an account; empty for accounts, which have a number.
    #[must_use]
    pub const fn id(self) -> &'a str {
        match self {
            Self::Account(_) => "",
            Self::Other { id, .. } => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_back_from_their_names() {
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(ActorKind::from_name("moons"), None);
    }

    #[test]
    fn the_server_is_told_from_guests_by_its_id() {
        let ActorRef::Other { kind, id } = ActorRef::SYSTEM else { panic!("the server has no account") };
        assert!(Actor { kind, id: id.to_owned() }.is_system());
        assert!(!Actor { kind: ActorKind::User, id: "system".to_owned() }.is_system());
        assert!(!Actor { kind: ActorKind::Guest, id: "a".repeat(40) }.is_system());
    }

    #[test]
    fn an_account_has_a_number_instead_of_an_id() {
        let account = ActorRef::Account(AccountId(7));
        assert_eq!(
            (account.kind(), account.account(), account.id()),
            (ActorKind::User, Some(AccountId(7)), "")
        );
        let guest = ActorRef::guest("abc");
        assert_eq!((guest.kind(), guest.account(), guest.id()), (ActorKind::Guest, None, "abc"));
    }
}
