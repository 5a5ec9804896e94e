//! Accounts, for administrators, and everybody's own.

use axum::extract::State;
use plauder_ocs::empty::MapOrNothing;
use plauder_ocs::{Answer, Failure, Parameters};
use plauder_store::StoreError;
use plauder_talk::account::create::{Wish, create as make};
use plauder_talk::account::edit::{Property, edit as change, require_password_change};
use plauder_talk::account::{self, groups, list};
use plauder_talk::group::add_member::add_member;
use plauder_talk::group::remove_member::remove_member;
use plauder_talk::password;
use plauder_talk::search::Search;
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

/// The parameters of lists of accounts and groups: `search`, `limit`, `offset`.
pub(super) fn search(parameters: &Parameters) -> Result<Search, Failure> {
    let text = parameters.text_or_empty("search")?;
    Ok(Search::new(text, parameters.optional_integer("limit")?, parameters.optional_integer("offset")?))
}

/// The accounts whose id or name holds `search`.
pub(crate) async fn list(asker: Asker<Administrator>, sent: Sent) -> Result<Answer<Users>, ApiError> {
    let search = asker.checked(|| search(&sent?)).await?;
    let users = asker.read(move |tx, _| list::list(tx, &search)).await?;
    Ok(Answer::ok(Users { users }))
}

/// The same with more about each.
pub(crate) async fn list_details(
    asker: Asker<Administrator>,
    sent: Sent,
) -> Result<Answer<UserDetails>, ApiError> {
    let search = asker.checked(|| search(&sent?)).await?;
    let found = asker.read(move |tx, _| list::list_details(tx, &search)).await?;
    let users = found.into_iter().map(|view| (view.user_id.clone(), User::from(view)));
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
    password::check_for_new_account(&password, app.config.password_min_length)?;
    wish.password_hash = app.hash_password(password).await?;
    let id = wish.user_id.clone();
    asker.write(move |tx, _| make(tx, &wish)).await?;
    Ok(Answer::ok(UserMade { id }))
}

/// One account.
pub(crate) async fn show(asker: Asker<SignedIn>, PathId(id): PathId) -> Result<Answer<User>, ApiError> {
    let view = asker.read(move |tx, caller| account::show::show(tx, caller, &id)).await?;
    Ok(Answer::ok(User::from(view)))
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
    let (key, mut value) = asker.checked(read).await?;
    let property = Property::from_key(&key);
    if property == Some(Property::Password) {
        let (looked_at, showed_password) = (id.clone(), asker.showed_password());
        asker
            .read(move |tx, caller| require_password_change(tx, caller, &looked_at, showed_password))
            .await?;
        password::check(&value, app.config.password_min_length)?;
        value = app.hash_password(value).await?;
    }
    let wanted = property.map(|property| property.change_to(value));
    asker.write(move |tx, caller| change(tx, caller, &id, wanted.as_ref())).await?;
    Ok(Answer::done())
}

/// Removes an account. It is disabled first, so that what it does at the same time comes to an end.
pub(crate) async fn delete(asker: Asker<Administrator>, PathId(id): PathId) -> Done {
    let disabled = id.clone();
    asker.write(move |tx, caller| account::set_enabled::set_enabled(tx, caller, &disabled, false)).await?;
    asker.write(move |tx, caller| account::remove::remove(tx, caller, &id)).await?;
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
    asker.write(move |tx, caller| account::set_enabled::set_enabled(tx, caller, &id, enabled)).await?;
    Ok(Answer::done())
}

/// The groups of an account.
pub(crate) async fn groups(asker: Asker<SignedIn>, PathId(id): PathId) -> Result<Answer<Groups>, ApiError> {
    let groups = asker.read(move |tx, caller| groups::list(tx, caller, &id)).await?;
    Ok(Answer::ok(Groups { groups }))
}

/// Puts an account into a group.
pub(crate) async fn join_group(asker: Asker<Administrator>, id: PathId, sent: Sent) -> Done {
    let group = asker.checked(|| Ok(sent?.text("groupid")?.to_owned())).await?;
    asker.write(move |tx, _| add_member(tx, &group, &id.0)).await?;
    Ok(Answer::done())
}

/// Takes an account out of a group.
pub(crate) async fn leave_group(asker: Asker<Administrator>, id: PathId, sent: Sent) -> Done {
    let group = asker.checked(|| Ok(sent?.text("groupid")?.to_owned())).await?;
    asker.write(move |tx, caller| remove_member(tx, caller, &group, &id.0)).await?;
    Ok(Answer::done())
}
