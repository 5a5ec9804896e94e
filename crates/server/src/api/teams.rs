//! Teams, which the API calls circles: for everybody who may use Talk, while they are switched on.

mod add_member;
mod create;
mod delete;
mod get;
mod list;
mod list_members;
mod remove_member;
mod rename;

use self::add_member::AddTeamMember;
use self::create::CreateTeam;
use self::delete::DeleteTeam;
use self::get::GetTeam;
use self::list::ListTeams;
use self::list_members::ListTeamMembers;
use self::remove_member::RemoveTeamMember;
use self::rename::RenameTeam;
use super::manners::Teams;
use super::operations::List;

use plauder_derive::Params;

/// The parameters of an operation on a team that takes nothing else.
#[derive(Params)]
pub(crate) struct TeamParams {
    /// The team.
    #[param(path)]
    pub(crate) circle: String,
}

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Teams, ListTeams>()
        .mount::<Teams, CreateTeam>()
        .mount::<Teams, GetTeam>()
        .mount::<Teams, RenameTeam>()
        .mount::<Teams, DeleteTeam>()
        .mount::<Teams, ListTeamMembers>()
        .mount::<Teams, AddTeamMember>()
        .mount::<Teams, RemoveTeamMember>()
}
