//! An account as its owner and administrators see it.

use plauder_model::Timestamp;
use plauder_store::accounts::{Account, AccountDetails};
use plauder_store::{StoreError, Transaction, accounts};

/// An account as its owner and administrators see it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account's id.
    pub user_id: String,
    /// The name to show.
    pub display_name: String,
    /// The e-mail address; empty: none.
    pub email: String,
    /// Whether the account can sign in.
    pub enabled: bool,
    /// The ids of the groups that the account is in.
    pub groups: Vec<String>,
    /// When the account first signed in; 0: never.
    pub first_login: Timestamp,
    /// When the account last signed in; 0: never.
    pub last_login: Timestamp,
}

impl AccountView {
    /// Loads the groups of an account.
    pub(crate) fn load(tx: &mut Transaction<'_>, account: Account) -> Result<Self, StoreError> {
        Ok(Self::from(accounts::load_details(tx, account)?))
    }
}

impl From<AccountDetails> for AccountView {
    fn from(AccountDetails { account, login, groups }: AccountDetails) -> Self {
        let (first_login, last_login) = login.map_or((0, 0), |login| (login.first_login, login.last_login));
        Self {
            groups,
            user_id: account.user_id,
            display_name: account.display_name,
            email: account.email,
            enabled: account.enabled,
            first_login,
            last_login,
        }
    }
}
