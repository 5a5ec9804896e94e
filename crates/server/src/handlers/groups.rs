//! Groups, for administrators.

use plauder_ocs::{Answer, Failure};
use plauder_talk::group::{self, GroupError, list, members};
use serde::Serialize;

use super::users::{Users, search};
use super::{Done, PathId, Sent};
use crate::caller::{Administrator, Asker};
use crate::error::ApiError;

/// Some groups by id.
#[derive(Debug, Serialize)]
pub(crate) struct Groups {
    pub(super) groups: Vec<String>,
}

/// Some groups.
#[derive(Debug, Serialize)]
pub(crate) struct GroupDetails {
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    id: String,
    displayname: String,
    usercount: i64,
    disabled: i64,
    #[serde(rename = "canAdd")]
    can_add: bool,
    #[serde(rename = "canRemove")]
    can_remove: bool,
}

/// The groups whose id or name holds `search`.
pub(crate) async fn list(asker: Asker<Administrator>, sent: Sent) -> Result<Answer<Groups>, ApiError> {
    let search = asker.checked(|| search(&sent?)).await?;
    let found = asker.read(move |tx, _| list::list(tx, &search)).await?;
    Ok(Answer::ok(Groups { groups: found.into_iter().map(|group| group.id).collect() }))
}

/// The same with more about each.
pub(crate) async fn list_details(
    asker: Asker<Administrator>,
    sent: Sent,
) -> Result<Answer<GroupDetails>, ApiError> {
    let search = asker.checked(|| search(&sent?)).await?;
    let found = asker.read(move |tx, _| list::list(tx, &search)).await?;
    let groups = found.into_iter().map(|group| Group {
        id: group.id,
        displayname: group.display_name,
        usercount: group.members,
        disabled: 0,
        can_add: true,
        can_remove: true,
    });
    Ok(Answer::ok(GroupDetails { groups: groups.collect() }))
}

/// Makes a group.
pub(crate) async fn create(asker: Asker<Administrator>, sent: Sent) -> Done {
    let read = || {
        let parameters = sent?;
        Ok((parameters.text("groupid")?.to_owned(), parameters.text_or_empty("displayname")?.to_owned()))
    };
    let (id, display_name) = asker.checked(read).await?;
    asker.write(move |tx, _| group::create(tx, &id, &display_name)).await?;
    Ok(Answer::done())
}

/// Who is in a group.
pub(crate) async fn members(
    asker: Asker<Administrator>,
    PathId(id): PathId,
) -> Result<Answer<Users>, ApiError> {
    let users = asker.read(move |tx, _| members::list(tx, &id)).await?;
    Ok(Answer::ok(Users { users }))
}

/// Changes the name that people see.
pub(crate) async fn rename(asker: Asker<Administrator>, PathId(id): PathId, sent: Sent) -> Done {
    let read = || {
        let parameters = sent?;
        if parameters.text("key")? != "displayname" {
            return Err(Failure::new(101).because("key has to be displayname"));
        }
        Ok(parameters.text("value")?.to_owned())
    };
    let name = asker.checked(read).await?;
    asker.write(move |tx, _| group::rename(tx, &id, &name)).await?;
    Ok(Answer::done())
}

/// Removes a group.
pub(crate) async fn delete(asker: Asker<Administrator>, PathId(id): PathId) -> Done {
    let unknown = || Failure::new(101).because("The requested group could not be found");
    let deleted = asker
        .write(move |tx, _| match group::delete(tx, &id) {
            Ok(()) => Ok(true),
            Err(GroupError::Unknown) => Ok(false),
            Err(error) => Err(error),
        })
        .await?;
    if deleted { Ok(Answer::done()) } else { Err(unknown().into()) }
}
