//! "Get user's conversations".

use std::sync::Arc;

use axum::response::IntoResponse as _;
use plauder_ocs::{Answer, Failure, Prerendered, PrerenderedList};
use plauder_store::StoreError;
use plauder_talk::conversation::list::{self, ListEntry};

use super::{TALK_HASH, talk_hash};
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Get user's conversations".
pub(crate) struct ListRooms;

impl Operation for ListRooms {
    const META: Meta = Meta::get("/room", "Get user's conversations").features(&["last-room-activity"]);
    type Policy = TalkUser;
    type Params = ();
}

impl<V: Version> Handler<V> for ListRooms {
    fn responses() -> Responses {
        Responses::ok::<Vec<V::Room>>("The conversations of the caller.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        match V::room_cache(&request.app) {
            Some(_) => list_cached(request).await,
            None => list_all(request).await,
        }
    }
}

async fn list_all<V: Version>(request: ApiRequest<ListRooms, V>) -> Reply {
    let (views, hash) = request
        .read(|tx, principal, ()| {
            let views = list::list(tx, &principal.account, &principal.settings, V::DETAIL)?;
            Ok::<_, StoreError>((views, talk_hash(&principal.settings)))
        })
        .await?;
    let rooms: Vec<V::Room> = views.into_iter().map(V::Room::from).collect();
    Ok(Answer::ok(rooms).with_header(TALK_HASH, hash).into_response())
}

/// Takes unchanged conversations from the cache of rendered ones, and loads the others.
async fn list_cached<V: Version>(request: ApiRequest<ListRooms, V>) -> Reply {
    let app = request.app.clone();
    let (inputs, listed, hash) = request
        .read(move |tx, principal, ()| {
            let find = |revisions: &[_], inputs| match V::room_cache(&app) {
                Some(cache) => cache.find(revisions, inputs),
                None => vec![None; revisions.len()],
            };
            let (inputs, listed) = list::list_cached(tx, &principal.account, &principal.settings, find)?;
            Ok::<_, StoreError>((inputs, listed, talk_hash(&principal.settings)))
        })
        .await?;
    let mut rooms = Vec::with_capacity(listed.len());
    for listed in listed {
        rooms.push(match listed {
            ListEntry::Cached(room) => room,
            ListEntry::Loaded(revision, view) => {
                let room = Arc::new(Prerendered::new(V::Room::from(*view)).map_err(|_| Failure::internal())?);
                if let (Some(revision), Some(cache)) = (revision, V::room_cache(&request.app)) {
                    cache.insert(revision, inputs, Arc::clone(&room));
                }
                room
            }
        });
    }
    Ok(PrerenderedList::new(rooms).with_header(TALK_HASH, hash).into_response())
}
