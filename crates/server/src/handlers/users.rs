//! Accounts, for administrators, and everybody's own.

use axum::extract::State;
use plauder_model::{GroupId, UserId};
use plauder_ocs::empty::MapOrNothing;
use plauder_ocs::{Answer, Failure, Parameters};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts, groups};
use plauder_talk::account::change::{Change, ChangeError, change};
use plauder_talk::account::create::{Wish, create as make};
use plauder_talk::account::delete::delete as remove;
use plauder_talk::caller::{IdentifyError, hold};
use plauder_talk::password;
use serde::Serialize;

use super::groups::Groups;
use super::{Done, PathId, Sent};
use crate::App;
use crate::caller::{Administrator, Asker, SignedIn};
use crate::error::ApiError;
use crate::representation::user::User;

/// Some accounts by id.
#[derive(Debug, Serialize)]
pub(crate) struct Users {
    pub(super) users: Vec<String>,
}

/// Some accounts.
#[derive(Debug, Serialize)]
pub(crate) struct UserDetails {
    users: MapOrNothing<String, User>,
}

/// How long a text may be that is searched for, in bytes.
const MOST_SEARCHED: usize = 255;

/// The parameters of lists of accounts and groups: `search`, `limit`, `offset`.
pub(super) fn page(parameters: &Parameters) -> Result<(String, i64, i64), Failure> {
    let search = parameters.text_or_empty("search")?.to_owned();
    if search.len() > MOST_SEARCHED {
        return Err(Failure::bad_request(format!("search must not have more than {MOST_SEARCHED} bytes")));
    }
    let limit = parameters.optional_integer("limit")?.filter(|limit| *limit >= 0).unwrap_or(i64::MAX);
    let offset = parameters.optional_integer("offset")?.unwrap_or(0).max(0);
    Ok((search, limit, offset))
}

/// The accounts whose id or name holds `search`.
pub(crate) async fn list(asker: Asker<Administrator>, sent: Sent) -> Result<Answer<Users>, ApiError> {
    let (search, limit, offset) = asker.checked(|| page(&sent?)).await?;
    let found = asker.read(move |tx, _| accounts::search(tx, &search, limit, offset)).await?;
    Ok(Answer::ok(Users { users: found.into_iter().map(|account| account.user_id).collect() }))
}

/// The same with more about each.
pub(crate) async fn list_details(
    asker: Asker<Administrator>,
    sent: Sent,
) -> Result<Answer<UserDetails>, ApiError> {
    let (search, limit, offset) = asker.checked(|| page(&sent?)).await?;
    let found = asker.read(move |tx, _| accounts::search_details(tx, &search, limit, offset)).await?;
    let users = found.into_iter().map(|details| (details.account.user_id.clone(), User::from(details)));
    Ok(Answer::ok(UserDetails { users: MapOrNothing(users.collect()) }))
}

/// The id of an account that was made.
#[derive(Debug, Serialize)]
pub(crate) struct UserMade {
    id: String,
}

/// Makes an account.
pub(crate) async fn create(
    State(app): State<App>,
    asker: Asker<Administrator>,
    sent: Sent,
) -> Result<Answer<UserMade>, ApiError> {
    let read = || {
        let parameters = sent?;
        let wish = Wish {
            user_id: parameters.text("userid")?.to_owned(),
            password_hash: String::new(),
            display_name: parameters.text_or_empty("displayName")?.to_owned(),
            email: parameters.text_or_empty("email")?.to_owned(),
            groups: parameters.texts("groups")?.into_iter().map(str::to_owned).collect(),
        };
        Ok((wish, parameters.text_or_empty("password")?.to_owned()))
    };
    let (mut wish, password) = asker.checked(read).await?;
    // Only for an administrator the time is spent to hash a password.
    asker.read(|_, _| Ok::<_, StoreError>(())).await?;
    if password.is_empty() {
        return Err(Failure::new(108)
            .because("A password is required: this server sends no mail to set one")
            .into());
    }
    password::check(&password, app.config.password_min_length)?;
    wish.password_hash = app.hash_password(password).await?;
    let id = wish.user_id.clone();
    asker.write(move |tx, _| make(tx, &wish)).await?;
    Ok(Answer::ok(UserMade { id }))
}

/// Why an account cannot be shown or changed by who asks.
enum UserError {
    /// There is none, or not for them.
    Unknown,
    /// It cannot be changed so.
    Change(ChangeError),
    /// With these words.
    Refused(Failure),
    /// They are not any more who they showed to be.
    Identity(IdentifyError),
    Store(StoreError),
}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<IdentifyError> for UserError {
    fn from(error: IdentifyError) -> Self {
        Self::Identity(error)
    }
}

impl From<ChangeError> for UserError {
    fn from(error: ChangeError) -> Self {
        Self::Change(error)
    }
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Unknown => Failure::new(998).into(),
            UserError::Change(error) => error.into(),
            UserError::Refused(failure) => failure.into(),
            UserError::Identity(error) => error.into(),
            UserError::Store(error) => error.into(),
        }
    }
}

/// The account called `id`, which is the caller's own or the caller is an administrator.
fn visible(
    tx: &mut Transaction<'_>,
    caller: &plauder_talk::SignedIn,
    id: &str,
) -> Result<Account, UserError> {
    if UserId::key_of(id) == UserId::key_of(&caller.account.user_id) {
        return Ok(caller.account.clone());
    }
    if !groups::holds(tx, caller.account.id, GroupId::ADMIN)? {
        return Err(UserError::Unknown);
    }
    accounts::find(tx, &UserId::key_of(id))?
        .ok_or_else(|| UserError::Refused(Failure::new(404).because("User does not exist")))
}

/// One account.
pub(crate) async fn show(asker: Asker<SignedIn>, PathId(id): PathId) -> Result<Answer<User>, ApiError> {
    let user = asker
        .read(move |tx, caller| {
            let account = visible(tx, caller, &id)?;
            Ok::<_, UserError>(User::from(accounts::load_details(tx, account)?))
        })
        .await?;
    Ok(Answer::ok(user))
}

/// Changes an account: `key` is `displayname`, `email` or `password`.
pub(crate) async fn edit(
    State(app): State<App>,
    asker: Asker<SignedIn>,
    PathId(id): PathId,
    sent: Sent,
) -> Done {
    let read = || {
        let parameters = sent?;
        Ok((parameters.text("key")?.to_owned(), parameters.text("value")?.to_owned()))
    };
    let (key, value) = asker.checked(read).await?;
    let wanted = match key.as_str() {
        "displayname" | "display" => Some(Change::DisplayName(value)),
        "email" => Some(Change::Email(value)),
        "password" => {
            let looked_at = id.clone();
            let showed_password = asker.showed_password();
            asker
                .read(move |tx, caller| {
                    let account = known(visible(tx, caller, &looked_at))?;
                    if account.id == caller.account.id && !showed_password {
                        let message = "Your password is changed by showing the one that it has now";
                        return Err(UserError::Refused(Failure::new(403).because(message)));
                    }
                    Ok(())
                })
                .await?;
            password::check(&value, app.config.password_min_length)?;
            Some(Change::PasswordHash(app.hash_password(value).await?))
        }
        _ => None,
    };
    asker
        .write(move |tx, caller| {
            let account = known(visible(tx, caller, &id))?;
            let Some(wanted) = &wanted else {
                let message = "key has to be displayname, email or password";
                return Err(UserError::Refused(Failure::new(113).because(message)));
            };
            if account.id == caller.account.id && matches!(wanted, Change::PasswordHash(_)) {
                hold(tx, caller)?;
            }
            Ok(change(tx, &account, wanted)?)
        })
        .await?;
    Ok(Answer::done())
}

/// Where an account is to be changed, one that is not there is no other than one that is not for the caller.
fn known(account: Result<Account, UserError>) -> Result<Account, UserError> {
    account.map_err(|error| match error {
        UserError::Refused(_) => UserError::Unknown,
        other => other,
    })
}

/// Another account than the administrator's own, which they do not lock themselves out of.
fn another(
    tx: &mut Transaction<'_>,
    caller: &plauder_talk::SignedIn,
    id: &str,
) -> Result<Account, UserError> {
    let account = accounts::find(tx, &UserId::key_of(id))?.ok_or(UserError::Unknown)?;
    if account.id == caller.account.id {
        let failure = Failure::new(101).because("You cannot do this to your own account");
        return Err(UserError::Refused(failure));
    }
    Ok(account)
}

/// Removes an account. It is disabled first, so that what it does at the same time comes to an end.
pub(crate) async fn delete(asker: Asker<Administrator>, PathId(id): PathId) -> Done {
    let disabled = id.clone();
    asker
        .write(move |tx, caller| {
            let account = another(tx, caller, &disabled)?;
            Ok::<_, UserError>(change(tx, &account, &Change::Enabled(false))?)
        })
        .await?;
    asker
        .write(move |tx, caller| {
            let account = another(tx, caller, &id)?;
            Ok::<_, UserError>(remove(tx, &account)?)
        })
        .await?;
    Ok(Answer::done())
}

/// Lets an account sign in.
pub(crate) async fn enable(asker: Asker<Administrator>, id: PathId) -> Done {
    set_enabled(asker, id, true).await
}

/// Keeps an account from signing in.
pub(crate) async fn disable(asker: Asker<Administrator>, id: PathId) -> Done {
    set_enabled(asker, id, false).await
}

async fn set_enabled(asker: Asker<Administrator>, PathId(id): PathId, enabled: bool) -> Done {
    asker
        .write(move |tx, caller| {
            let account = another(tx, caller, &id)?;
            Ok::<_, UserError>(change(tx, &account, &Change::Enabled(enabled))?)
        })
        .await?;
    Ok(Answer::done())
}

/// The groups of an account.
pub(crate) async fn groups(asker: Asker<SignedIn>, PathId(id): PathId) -> Result<Answer<Groups>, ApiError> {
    let groups = asker
        .read(move |tx, caller| {
            let account = known(visible(tx, caller, &id))?;
            Ok::<_, UserError>(groups::of(tx, account.id)?)
        })
        .await?;
    Ok(Answer::ok(Groups { groups }))
}

/// Puts an account into a group.
pub(crate) async fn join_group(asker: Asker<Administrator>, id: PathId, sent: Sent) -> Done {
    let group = asker.checked(|| Ok(sent?.text("groupid")?.to_owned())).await?;
    asker
        .write(move |tx, _| {
            let (account, group) = account_and_group(tx, &id.0, &group)?;
            Ok::<_, UserError>(groups::add_member(tx, group.key, account.id)?)
        })
        .await?;
    Ok(Answer::done())
}

/// Takes an account out of a group.
pub(crate) async fn leave_group(asker: Asker<Administrator>, id: PathId, sent: Sent) -> Done {
    let group = asker.checked(|| Ok(sent?.text("groupid")?.to_owned())).await?;
    asker
        .write(move |tx, caller| {
            let (account, group) = account_and_group(tx, &id.0, &group)?;
            if group.id == GroupId::ADMIN && account.id == caller.account.id {
                let message = "Cannot remove yourself from the admin group";
                return Err(UserError::Refused(Failure::new(105).because(message)));
            }
            Ok(groups::remove_member(tx, group.key, account.id)?)
        })
        .await?;
    Ok(Answer::done())
}

fn account_and_group(
    tx: &mut Transaction<'_>,
    id: &str,
    group: &str,
) -> Result<(Account, groups::Group), UserError> {
    let unknown_group = || UserError::Refused(Failure::new(102).because("groupid names no group"));
    let unknown_user = || UserError::Refused(Failure::new(103).because("There is no account of that id"));
    let group = groups::find(tx, group)?.ok_or_else(unknown_group)?;
    let account = accounts::find(tx, &UserId::key_of(id))?.ok_or_else(unknown_user)?;
    Ok((account, group))
}
