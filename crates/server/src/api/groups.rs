//! Groups of accounts, for administrators.

mod create;
mod delete;
mod list;
mod list_details;
mod list_members;
mod list_users;
mod rename;

use self::create::CreateGroup;
use self::delete::DeleteGroup;
use self::list::ListGroups;
use self::list_details::ListGroupDetails;
use self::list_members::ListGroupMembers;
use self::list_users::ListGroupUsers;
use self::rename::RenameGroup;
use super::manners::Groups;
use super::operations::List;

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

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Groups, ListGroups>()
        .mount::<Groups, CreateGroup>()
        .mount::<Groups, ListGroupDetails>()
        .mount::<Groups, ListGroupMembers>()
        .mount::<Groups, RenameGroup>()
        .mount::<Groups, DeleteGroup>()
        .mount::<Groups, ListGroupUsers>()
}
