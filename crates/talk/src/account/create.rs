//! Making an account.

use plauder_model::person::{UserIdError, display_name};
use plauder_model::{AccountId, EmailAddress, GroupId, Reason, UserId};
use plauder_store::accounts::NewAccount;
use plauder_store::{StoreError, Transaction, accounts, groups};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};

/// What an account is to be.
#[derive(Debug, Clone, Default)]
pub struct CreateAccount {
    /// Its id.
    pub user_id: String,
    /// Its password, hashed already; empty: it cannot sign in with one.
    pub password_hash: String,
    /// Its name as people see it; empty: the id.
    pub display_name: String,
    /// Its e-mail address; empty: none.
    pub email: String,
    /// The ids of the groups it is in.
    pub groups: Vec<String>,
}

/// Why an account cannot be made.
#[derive(Debug, Error)]
pub enum CreateAccountError {
    /// It cannot be called so.
    #[error(transparent)]
    UserId(#[from] UserIdError),
    /// There is one of that id.
    #[error("User already exists")]
    Exists,
    /// It cannot be shown under that name.
    #[error("displayName has to have 1 to 64 characters, one of them visible and none a control character")]
    DisplayName,
    /// That is no e-mail address.
    #[error("email has to be an e-mail address")]
    Email,
    /// It is to be in a group that does not exist.
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

/// Makes an account, enabled, in its groups.
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

/// Somebody who administers the server.
pub fn find_administrator(tx: &mut Transaction<'_>) -> Result<Option<String>, StoreError> {
    match groups::find(tx, GroupId::ADMIN)? {
        Some(group) => Ok(groups::list_members(tx, group.key)?.into_iter().next()),
        None => Ok(None),
    }
}

/// Makes the first administrator where nobody administers the server. `false` if somebody does.
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
    fn made_whole_or_not_at_all() {
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
    fn the_first_administrator_is_made_once() {
        let app = App::new();
        let first = || CreateAccount { groups: vec!["admin".into()], ..request("admin") };
        assert!(app.write(move |tx| create_first_administrator(tx, &first())));
        let again = || CreateAccount { groups: vec!["admin".into()], ..request("root") };
        assert!(!app.write(move |tx| create_first_administrator(tx, &again())));
        assert_eq!(app.write(|tx| accounts::find(tx, "root")), None);
    }
}
