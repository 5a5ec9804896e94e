//! Creating an account.

use plauder_model::person::{UserIdError, display_name};
use plauder_model::{AccountId, EmailAddress, GroupId, Reason, UserId};
use plauder_store::accounts::NewAccount;
use plauder_store::{StoreError, Transaction, accounts, groups};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// A request to create an account.
#[derive(Debug, Clone, Default)]
pub struct CreateAccount {
    /// The id.
    pub user_id: String,
    /// The hash of the password; empty: the account cannot sign in with a password.
    pub password_hash: String,
    /// The name to show; empty: the id.
    pub display_name: String,
    /// The e-mail address; empty: none.
    pub email: String,
    /// The ids of the groups that the account joins.
    pub groups: Vec<String>,
}

/// Why an account is not created.
#[derive(Debug, Error)]
pub enum CreateAccountError {
    /// The id is not acceptable.
    #[error(transparent)]
    UserId(#[from] UserIdError),
    /// An account of that id exists already.
    #[error("User already exists")]
    Exists,
    /// The display name is not acceptable.
    #[error("displayName has to have 1 to 64 characters, one of them visible and none a control character")]
    DisplayName,
    /// The text is no e-mail address.
    #[error("email has to be an e-mail address")]
    Email,
    /// One of the groups does not exist.
    #[error("Group {0} does not exist")]
    Group(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for CreateAccountError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::UserId(_) => Reason::IdFormat.into(),
            Self::Exists => Reason::Exists.into(),
            Self::DisplayName => Reason::DisplayName.into(),
            Self::Email => Reason::EmailAddress.into(),
            Self::Group(_) => Reason::UnknownGroup.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Creates an enabled account and puts it into its groups.
pub fn create(tx: &mut Transaction<'_>, request: &CreateAccount) -> Result<AccountId, CreateAccountError> {
    let user_id = UserId::parse(&request.user_id)?;
    let shown = if request.display_name.is_empty() { user_id.as_str() } else { &request.display_name };
    let shown = display_name(shown).ok_or(CreateAccountError::DisplayName)?;
    let email = match request.email.as_str() {
        "" => String::new(),
        address => EmailAddress::parse(address).ok_or(CreateAccountError::Email)?.as_str().to_owned(),
    };
    let mut member_of = Vec::new();
    for id in &request.groups {
        let group = groups::find(tx, id)?.ok_or_else(|| CreateAccountError::Group(id.clone()))?;
        member_of.push(group.key);
    }
    let new = NewAccount {
        user_id: user_id.as_str(),
        user_key: &user_id.key(),
        display_name: shown,
        email: &email,
        password_hash: &request.password_hash,
    };
    let id = accounts::insert(tx, new)?.ok_or(CreateAccountError::Exists)?;
    for group in member_of {
        groups::add_member(tx, group, id)?;
    }
    Ok(id)
}

/// The id of an account that administers the server, if there is one.
pub fn find_administrator(tx: &mut Transaction<'_>) -> Result<Option<String>, StoreError> {
    match groups::find(tx, GroupId::ADMIN)? {
        Some(group) => Ok(groups::list_members(tx, group.key)?.into_iter().next()),
        None => Ok(None),
    }
}

/// Creates the first administrator if no account administers the server; returns `false` if one does.
pub fn create_first_administrator(
    tx: &mut Transaction<'_>,
    request: &CreateAccount,
) -> Result<bool, CreateAccountError> {
    if find_administrator(tx)?.is_some() {
        return Ok(false);
    }
    create(tx, request)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    fn request(user_id: &str) -> CreateAccount {
        CreateAccount { user_id: user_id.to_owned(), ..CreateAccount::default() }
    }

    #[test]
    fn an_account_is_created_whole_or_not_at_all() {
        let app = App::new();
        app.group("crew", &[]);
        let hanna = CreateAccount {
            display_name: " Hanna Holm ".into(),
            email: "Hanna@Example.org".into(),
            groups: vec!["crew".into()],
            ..request("Hanna")
        };
        app.write(move |tx| create(tx, &hanna));
        let found = app.write(|tx| accounts::find(tx, "hanna")).unwrap();
        assert_eq!((found.user_id.as_str(), found.display_name.as_str()), ("Hanna", "Hanna Holm"));
        assert_eq!(found.email, "hanna@example.org");
        assert_eq!(app.write(move |tx| groups::list_by_account(tx, found.id)), ["crew"]);

        let refused = |request: CreateAccount| app.try_write(move |tx| create(tx, &request)).unwrap_err();
        assert!(
            matches!(refused(request("HANNA")), CreateAccountError::Exists),
            "ids differ in more than case"
        );
        assert!(matches!(refused(request("bad/name")), CreateAccountError::UserId(UserIdError::Character)));
        let named = |name: &str| CreateAccount { display_name: name.into(), ..request("gustav") };
        for blank in ["  ", "\u{200b}"] {
            assert!(matches!(refused(named(blank)), CreateAccountError::DisplayName));
        }
        assert!(matches!(refused(named("line\nbreak")), CreateAccountError::DisplayName));
        assert!(matches!(
            refused(CreateAccount { email: "x".into(), ..request("gustav") }),
            CreateAccountError::Email
        ));
        let grouped = CreateAccount { groups: vec!["crew".into(), "ghosts".into()], ..request("gustav") };
        assert!(matches!(refused(grouped), CreateAccountError::Group(group) if group == "ghosts"));
        assert_eq!(app.write(|tx| accounts::find(tx, "gustav")), None);
    }

    #[test]
    fn the_first_administrator_is_created_once() {
        let app = App::new();
        let first = || CreateAccount { groups: vec!["admin".into()], ..request("admin") };
        assert!(app.write(move |tx| create_first_administrator(tx, &first())));
        let again = || CreateAccount { groups: vec!["admin".into()], ..request("root") };
        assert!(!app.write(move |tx| create_first_administrator(tx, &again())));
        assert_eq!(app.write(|tx| accounts::find(tx, "root")), None);
    }
}
