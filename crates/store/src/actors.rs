//! Actors in rows of messages and notifications, with their current names.

use plauder_model::{AccountId, Actor, ActorKind};

use crate::StoreError;
use crate::row::{FromRow, Row, row};

/// An actor who is named in a message or a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedActor {
    /// The actor; [`Actor::deleted_user`] if the account was deleted.
    pub actor: Actor,
    /// The number of the account, even if it was deleted; `None` for an actor without an account.
    pub account: Option<AccountId>,
    /// The current display name; empty if there is none.
    pub display_name: String,
}

impl NamedActor {
    /// Whether the actor is a deleted account.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.actor.kind == ActorKind::DeletedUser
    }

    /// Whether both are the same actor. Deleted accounts are compared by their number.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match self.account {
            None => self.actor == other.actor,
            account => other.account == account,
        }
    }

    /// Creates an actor from its columns: an account if there is an `account_name`, else the actor `id`, which may be a
    /// guest with a `guest_name`.
    pub(crate) fn new(
        kind: ActorKind,
        account: Option<AccountId>,
        id: String,
        guest_name: Option<String>,
        account_name: Option<AccountName>,
    ) -> Self {
        let (actor, display_name) = match account_name {
            Some(name) if name.deleted => (Actor::deleted_user(), name.display_name),
            Some(name) => (Actor { kind, id: name.user_id }, name.display_name),
            None => (Actor { kind, id }, guest_name.unwrap_or_default()),
        };
        Self { actor, account, display_name }
    }
}

row! {
    /// The current names of an account.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AccountName {
        /// The user id.
        pub user_id: String,
        /// The display name.
        pub display_name: String,
        /// Whether the account was deleted.
        pub deleted: bool,
    }
}

row! {
    /// The columns of an actor, which is absent if the kind is empty. The statement joins the account as `~_#`.
    pub(crate) struct NamedActorRow {
        kind: ActorKind = "NULLIF(~.#_kind, '')",
        account: Option<AccountId> = "~.#_account",
        id: String = "~.#_id",
        guest_name: Option<String> = "CASE WHEN ~.#_kind = {guests} THEN (SELECT g.name FROM guest_names g
            WHERE g.conversation_id = ~.conversation_id AND g.guest_id = ~.#_id) END",
        account_name: Option<AccountName> = "{AccountName ~_#}",
    }
}

impl FromRow for NamedActor {
    const WIDTH: usize = NamedActorRow::WIDTH;

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let NamedActorRow { kind, account, id, guest_name, account_name } = FromRow::read(row)?;
        Ok(Self::new(kind, account, id, guest_name, account_name))
    }
}
