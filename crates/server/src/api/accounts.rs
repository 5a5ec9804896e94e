//! Accounts: for administrators, and everybody's own.

mod create;
mod delete;
mod disable;
mod edit;
mod enable;
mod get;
mod get_own;
mod join_group;
mod leave_group;
mod list;
mod list_details;
mod list_groups;

pub(crate) use self::create::CreateAccount;
pub(crate) use self::delete::DeleteAccount;
pub(crate) use self::disable::DisableAccount;
pub(crate) use self::edit::EditAccount;
pub(crate) use self::enable::EnableAccount;
pub(crate) use self::get::GetAccount;
pub(crate) use self::get_own::GetOwnAccount;
pub(crate) use self::join_group::JoinGroup;
pub(crate) use self::leave_group::LeaveGroup;
pub(crate) use self::list::ListAccounts;
pub(crate) use self::list_details::ListAccountDetails;
pub(crate) use self::list_groups::ListAccountGroups;

use plauder_derive::Params;
use schemars::JsonSchema;
use serde::Serialize;

/// The parameters of an operation on an account that takes nothing else.
#[derive(Params)]
pub(crate) struct AccountParams {
    /// The account.
    #[param(path)]
    pub(crate) id: String,
}

/// The ids of accounts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AccountIds {
    pub(crate) users: Vec<String>,
}
