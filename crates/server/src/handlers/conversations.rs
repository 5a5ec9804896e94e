//! The Conversation API.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use plauder_ocs::{Answer, Failure, Ready, ReadyList};
use plauder_store::StoreError;
use plauder_talk::conversation::list::Listed;
use plauder_talk::conversation::password::SetPasswordError;
use plauder_talk::conversation::{
    DoorError, create, delete, favorite, list, lobby, notification_level, password, password_request, public,
    read_only, rename, show,
};
use plauder_talk::password::PasswordError;
use plauder_talk::{Settings, password as passwords};
use serde::Serialize;

use super::{Done, RoomToken, Sent};
use crate::App;
use crate::caller::{Asker, Member, Talk};
use crate::error::ApiError;
use crate::handlers::status::BUILD;
use crate::representation::{Room, v2};

const TALK_HASH: HeaderName = HeaderName::from_static("x-nextcloud-talk-hash");

/// "Get user's conversations".
pub(crate) async fn list<R: Room>(asker: Asker<Member>) -> Result<Response, ApiError> {
    let (views, hash) = asker
        .read(|tx, resident| {
            let views = list::list(tx, &resident.account, &resident.settings, R::DETAIL)?;
            Ok::<_, StoreError>((views, talk_hash(&resident.settings)))
        })
        .await?;
    let rooms: Vec<R> = views.into_iter().map(R::from).collect();
    Ok(Answer::ok(rooms).with_header(TALK_HASH, hash).into_response())
}

/// "Get user's conversations" in a version that shows no members: what looks as before was written out before.
pub(crate) async fn list_kept(
    State(app): State<App>,
    asker: Asker<Member>,
) -> Result<ReadyList<v2::Room>, ApiError> {
    let known = app.clone();
    let (terms, listed, hash) = asker
        .read(move |tx, resident| {
            let find = |stamps: &[_], terms| known.room_cache.find(stamps, terms);
            let (terms, listed) = list::list_kept(tx, &resident.account, &resident.settings, find)?;
            Ok::<_, StoreError>((terms, listed, talk_hash(&resident.settings)))
        })
        .await?;
    let mut rooms = Vec::with_capacity(listed.len());
    for listed in listed {
        rooms.push(match listed {
            Listed::Kept(room) => room,
            Listed::Read(stamp, view) => {
                let room = Arc::new(Ready::new(v2::Room::from(*view)).map_err(|_| Failure::internal())?);
                if let Some(stamp) = stamp {
                    app.room_cache.insert(stamp, terms, Arc::clone(&room));
                }
                room
            }
        });
    }
    Ok(ReadyList::new(rooms).with_header(TALK_HASH, hash))
}

/// "Get single conversation (also for guests)".
pub(crate) async fn show<R: Room>(asker: Asker<Talk>, token: RoomToken) -> Result<Response, ApiError> {
    let (view, hash) = asker
        .read(move |tx, visitor| {
            let view = show::show(tx, &visitor.caller, &visitor.settings, &token.0, R::DETAIL)?;
            Ok::<_, DoorError>((view, talk_hash(&visitor.settings)))
        })
        .await?;
    Ok(Answer::ok(R::from(view)).with_header(TALK_HASH, hash).into_response())
}

/// Tells clients when to fetch the capabilities again.
fn talk_hash(settings: &Settings) -> HeaderValue {
    HeaderValue::from_str(&settings.hash(BUILD)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// "Creating a new conversation".
pub(crate) async fn create<R: Room>(asker: Asker<Member>, sent: Sent) -> Result<Answer<R>, ApiError> {
    let read = || {
        let parameters = sent?;
        Ok(create::Wish {
            room_type: parameters.integer("roomType")?,
            invite: parameters.text_or_empty("invite")?.to_owned(),
            source: parameters.text_or_empty("source")?.to_owned(),
            room_name: parameters.text_or_empty("roomName")?.to_owned(),
        })
    };
    let wish = asker.checked(read).await?;
    let created = asker
        .write(move |tx, resident| {
            create::create(tx, &resident.account, &resident.settings, &wish, R::DETAIL)
        })
        .await?;
    let answer = if created.is_new { Answer::created } else { Answer::ok };
    Ok(answer(R::from(created.conversation)))
}

/// "Rename a conversation".
pub(crate) async fn rename(asker: Asker<Talk>, token: RoomToken, sent: Sent) -> Done {
    let name = asker.checked(|| Ok(sent?.text("roomName")?.to_owned())).await?;
    asker.write(move |tx, visitor| rename::rename(tx, &visitor.caller, &token.0, &name)).await?;
    Ok(Answer::done())
}

/// "Delete a conversation".
pub(crate) async fn delete(asker: Asker<Talk>, token: RoomToken) -> Done {
    asker.write(move |tx, visitor| delete::delete(tx, &visitor.caller, &token.0)).await?;
    Ok(Answer::done())
}

/// "Allow guests in a conversation (public conversation)".
pub(crate) async fn open(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| public::open(tx, &resident.account, &token.0)).await?;
    Ok(Answer::done())
}

/// "Disallow guests in a conversation (group conversation)".
pub(crate) async fn close(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| public::close(tx, &resident.account, &token.0)).await?;
    Ok(Answer::done())
}

/// "Set read-only for a conversation".
pub(crate) async fn set_read_only(asker: Asker<Member>, token: RoomToken, sent: Sent) -> Done {
    let state = asker.checked(|| sent?.integer("state")).await?;
    asker.write(move |tx, resident| read_only::set(tx, &resident.account, &token.0, state)).await?;
    Ok(Answer::done())
}

/// "Set password for a conversation". Only for who may do it the time is spent to hash it.
pub(crate) async fn set_password(
    State(app): State<App>,
    asker: Asker<Talk>,
    RoomToken(token): RoomToken,
    sent: Sent,
) -> Done {
    let password = asker.checked(|| Ok(sent?.text("password")?.to_owned())).await?;
    let looked_at = token.clone();
    asker.read(move |tx, visitor| password::may_set(tx, &visitor.caller, &looked_at)).await?;
    if password.len() > passwords::MOST_BYTES {
        return Err(Failure::bad_request(PasswordError::TooLong.to_string()).into());
    }
    let hash = if password.is_empty() { password } else { app.hash_password(password).await? };
    asker
        .write(move |tx, visitor| {
            password::set(tx, &visitor.caller, &token, &hash)?;
            Ok::<_, SetPasswordError>(())
        })
        .await?;
    Ok(Answer::done())
}

/// "Add conversation to favorites".
pub(crate) async fn add_favorite(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| favorite::set(tx, &resident.account, &token.0, true)).await?;
    Ok(Answer::done())
}

/// "Remove conversation from favorites".
pub(crate) async fn remove_favorite(asker: Asker<Member>, token: RoomToken) -> Done {
    asker.write(move |tx, resident| favorite::set(tx, &resident.account, &token.0, false)).await?;
    Ok(Answer::done())
}

/// "Set notification level".
pub(crate) async fn set_notification_level(asker: Asker<Member>, token: RoomToken, sent: Sent) -> Done {
    let level = asker.checked(|| sent?.integer("level")).await?;
    asker.write(move |tx, resident| notification_level::set(tx, &resident.account, &token.0, level)).await?;
    Ok(Answer::done())
}

/// Closes the lobby to all but moderators, or opens it.
pub(crate) async fn set_lobby(asker: Asker<Member>, token: RoomToken, sent: Sent) -> Done {
    let read = || {
        let parameters = sent?;
        Ok((parameters.integer("state")?, parameters.optional_integer("timer")?.unwrap_or(0)))
    };
    let (state, timer) = asker.checked(read).await?;
    asker.write(move |tx, resident| lobby::set(tx, &resident.account, &token.0, state, timer)).await?;
    Ok(Answer::done())
}

/// A conversation about the password of a share.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordRequest {
    token: String,
    name: String,
    display_name: String,
}

/// Makes a conversation about the password of a share.
pub(crate) async fn request_password(
    asker: Asker<Talk>,
    sent: Sent,
) -> Result<Answer<PasswordRequest>, ApiError> {
    let read = || {
        let parameters = sent?;
        Ok(password_request::Wish {
            share_token: parameters.text_or_empty("shareToken")?.to_owned(),
            owner: parameters.text_or_empty("owner")?.to_owned(),
            name: parameters.text_or_empty("name")?.to_owned(),
        })
    };
    let wish = asker.checked(read).await?;
    let made = asker
        .write(move |tx, visitor| {
            password_request::create(tx, visitor.caller.account(), &visitor.settings, &wish)
        })
        .await?;
    Ok(Answer::created(PasswordRequest {
        token: made.token.as_str().to_owned(),
        name: made.name,
        display_name: made.display_name,
    }))
}
