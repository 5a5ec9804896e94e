//! Adding an account to a group.

use plauder_model::{Reason, UserId};
use plauder_store::accounts::{self, Account};
use plauder_store::groups::{self, Group};
use plauder_store::{StoreError, Transaction};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// Why the members of a group are not changed.
#[derive(Debug, Error)]
pub enum GroupMemberError {
    /// The group does not exist.
    #[error("groupid names no group")]
    UnknownGroup,
    /// The account does not exist.
    #[error("There is no account of that id")]
    UnknownAccount,
    /// Administrators cannot lock themselves out.
    #[error("Cannot remove yourself from the admin group")]
    OwnAdministration,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for GroupMemberError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::UnknownGroup => Reason::UnknownGroup.into(),
            Self::UnknownAccount => Reason::UnknownAccount.into(),
            Self::OwnAdministration => Reason::Protected.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Adds the account `id` to the group `group`. Does nothing if it is a member.
pub fn add_member(tx: &mut Transaction<'_>, group: &str, id: &str) -> Result<(), GroupMemberError> {
    let (group, account) = find(tx, group, id)?;
    Ok(groups::add_member(tx, group.key, account.id)?)
}

/// The group and the account.
pub(super) fn find(
    tx: &mut Transaction<'_>,
    group: &str,
    id: &str,
) -> Result<(Group, Account), GroupMemberError> {
    let group = groups::find(tx, group)?.ok_or(GroupMemberError::UnknownGroup)?;
    let account = accounts::find(tx, &UserId::key_of(id))?.ok_or(GroupMemberError::UnknownAccount)?;
    Ok((group, account))
}
