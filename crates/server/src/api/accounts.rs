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

use self::create::CreateAccount;
use self::delete::DeleteAccount;
use self::disable::DisableAccount;
use self::edit::EditAccount;
use self::enable::EnableAccount;
use self::get::GetAccount;
use self::get_own::GetOwnAccount;
use self::join_group::JoinGroup;
use self::leave_group::LeaveGroup;
use self::list::ListAccounts;
use self::list_details::ListAccountDetails;
use self::list_groups::ListAccountGroups;
use super::manners::{Accounts, Memberships};
use super::operations::List;

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

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Accounts, GetOwnAccount>()
        .mount::<Accounts, ListAccounts>()
        .mount::<Accounts, CreateAccount>()
        .mount::<Accounts, ListAccountDetails>()
        .mount::<Accounts, GetAccount>()
        .mount::<Accounts, EditAccount>()
        .mount::<Accounts, DeleteAccount>()
        .mount::<Accounts, EnableAccount>()
        .mount::<Accounts, DisableAccount>()
        .mount::<Accounts, ListAccountGroups>()
        .mount::<Memberships, JoinGroup>()
        .mount::<Memberships, LeaveGroup>()
}
