//! Teams, which the API calls circles: for everybody who may use Talk, while they are switched on.

mod add_member;
mod create;
mod delete;
mod get;
mod list;
mod list_members;
mod remove_member;
mod rename;

pub(crate) use self::add_member::AddTeamMember;
pub(crate) use self::create::CreateTeam;
pub(crate) use self::delete::DeleteTeam;
pub(crate) use self::get::GetTeam;
pub(crate) use self::list::ListTeams;
pub(crate) use self::list_members::ListTeamMembers;
pub(crate) use self::remove_member::RemoveTeamMember;
pub(crate) use self::rename::RenameTeam;

use plauder_derive::Params;

/// The parameters of an operation on a team that takes nothing else.
#[derive(Params)]
pub(crate) struct TeamParams {
    /// The team.
    #[param(path)]
    pub(crate) circle: String,
}
