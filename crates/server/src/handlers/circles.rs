//! Circles, called teams today: for everybody who may use Talk, while they are switched on.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use plauder_ocs::{Answer, Failure};
use plauder_talk::circle::{Actor, add_member, create, delete, list, members, remove_member, rename, show};

use super::{Done, PathId, Sent};
use crate::caller::{Asker, Circles};
use crate::error::ApiError;
use crate::representation::circle::{Circle, Members, OneMember};

/// A circle and a member of it in an address. What cannot be read names nobody: 404.
pub(crate) struct PathMember {
    circle: String,
    member: String,
}

impl<S: Send + Sync> FromRequestParts<S> for PathMember {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((circle, member))) if ![&circle, &member].iter().any(|id| id.contains('\0')) => {
                Ok(Self { circle, member })
            }
            _ => Err(Failure::new(998).into()),
        }
    }
}

/// The circles that the caller sees.
pub(crate) async fn list(asker: Asker<Circles>) -> Result<Answer<Vec<Circle>>, ApiError> {
    let views = asker.read(|tx, resident| list::list(tx, Actor::Account(&resident.account))).await?;
    Ok(Answer::ok(views.into_iter().map(Circle::from).collect()))
}

/// Makes a circle.
pub(crate) async fn create(asker: Asker<Circles>, sent: Sent) -> Result<Answer<Circle>, ApiError> {
    let name = asker.checked(|| Ok(sent?.text("name")?.to_owned())).await?;
    let view = asker.write(move |tx, resident| create::create(tx, &resident.account, &name)).await?;
    Ok(Answer::ok(view.into()))
}

/// One circle.
pub(crate) async fn show(asker: Asker<Circles>, PathId(id): PathId) -> Result<Answer<Circle>, ApiError> {
    let view = asker.read(move |tx, resident| show::show(tx, Actor::Account(&resident.account), &id)).await?;
    Ok(Answer::ok(view.into()))
}

/// Gives a circle another name.
pub(crate) async fn rename(
    asker: Asker<Circles>,
    PathId(id): PathId,
    sent: Sent,
) -> Result<Answer<Circle>, ApiError> {
    let name = asker.checked(|| Ok(sent?.text("value")?.to_owned())).await?;
    let view = asker
        .write(move |tx, resident| rename::rename(tx, Actor::Account(&resident.account), &id, &name))
        .await?;
    Ok(Answer::ok(view.into()))
}

/// Removes a circle.
pub(crate) async fn delete(asker: Asker<Circles>, PathId(id): PathId) -> Result<Answer<Circle>, ApiError> {
    let view =
        asker.write(move |tx, resident| delete::delete(tx, Actor::Account(&resident.account), &id)).await?;
    Ok(Answer::ok(view.into()))
}

/// Who is in a circle.
pub(crate) async fn members(asker: Asker<Circles>, PathId(id): PathId) -> Result<Answer<Members>, ApiError> {
    let (view, members) =
        asker.read(move |tx, resident| members::members(tx, Actor::Account(&resident.account), &id)).await?;
    Ok(Answer::ok(Members::of(view, members)))
}

/// Puts an account into a circle.
pub(crate) async fn add_member(
    asker: Asker<Circles>,
    PathId(id): PathId,
    sent: Sent,
) -> Result<Answer<OneMember>, ApiError> {
    let read = || {
        let parameters = sent?;
        Ok((parameters.text("userId")?.to_owned(), parameters.integer("type")?))
    };
    let (user_id, kind) = asker.checked(read).await?;
    let (view, member) = asker
        .write(move |tx, resident| {
            add_member::add_member(tx, Actor::Account(&resident.account), &id, &user_id, kind)
        })
        .await?;
    Ok(Answer::ok(OneMember::of(view, member)))
}

/// Ends somebody's membership, or one's own.
pub(crate) async fn remove_member(asker: Asker<Circles>, path: PathMember) -> Done {
    asker
        .write(move |tx, resident| {
            let actor = Actor::Account(&resident.account);
            remove_member::remove_member(tx, actor, &path.circle, &path.member)
        })
        .await?;
    Ok(Answer::done())
}
