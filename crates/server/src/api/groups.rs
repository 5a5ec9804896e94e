//! Groups of accounts, for administrators.

mod create;
mod delete;
mod list;
mod list_details;
mod list_members;
mod list_users;
mod rename;

pub(crate) use self::create::CreateGroup;
pub(crate) use self::delete::DeleteGroup;
pub(crate) use self::list::ListGroups;
pub(crate) use self::list_details::ListGroupDetails;
pub(crate) use self::list_members::ListGroupMembers;
pub(crate) use self::list_users::ListGroupUsers;
pub(crate) use self::rename::RenameGroup;

use plauder_derive::Params;
use schemars::JsonSchema;
use serde::Serialize;

/// The parameters of an operation on a group that takes nothing else.
#[derive(Params)]
pub(crate) struct GroupParams {
    /// The group.
    #[param(path)]
    pub(crate) id: String,
}

/// The ids of groups.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GroupIds {
    pub(crate) groups: Vec<String>,
}
