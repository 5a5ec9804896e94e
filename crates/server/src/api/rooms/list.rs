//! "Get user's conversations".

use std::sync::Arc;

use axum::response::IntoResponse as _;
use plauder_ocs::{Answer, Failure, Ready, ReadyList};
use plauder_store::StoreError;
use plauder_talk::conversation::list::{self, Listed};

use super::{TALK_HASH, talk_hash};
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses, Version};
use crate::caller::door::Member;

/// "Get user's conversations".
pub(crate) struct ListRooms;

impl Operation for ListRooms {
    const META: Meta = Meta::get("/room", "Get user's conversations").features(&["last-room-activity"]);
    type Policy = Member;
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
        .read(|tx, resident, ()| {
            let views = list::list(tx, &resident.account, &resident.settings, V::DETAIL)?;
            Ok::<_, StoreError>((views, talk_hash(&resident.settings)))
        })
        .await?;
    let rooms: Vec<V::Room> = views.into_iter().map(V::Room::from).collect();
    Ok(Answer::ok(rooms).with_header(TALK_HASH, hash).into_response())
}

/// Takes unchanged conversations from the cache of rendered ones, and loads the others.
async fn list_cached<V: Version>(request: ApiRequest<ListRooms, V>) -> Reply {
    let app = request.app.clone();
    let (terms, listed, hash) = request
        .read(move |tx, resident, ()| {
            let find = |stamps: &[_], terms| match V::room_cache(&app) {
                Some(cache) => cache.find(stamps, terms),
                None => vec![None; stamps.len()],
            };
            let (terms, listed) = list::list_kept(tx, &resident.account, &resident.settings, find)?;
            Ok::<_, StoreError>((terms, listed, talk_hash(&resident.settings)))
        })
        .await?;
    let mut rooms = Vec::with_capacity(listed.len());
    for listed in listed {
        rooms.push(match listed {
            Listed::Kept(room) => room,
            Listed::Read(stamp, view) => {
                let room = Arc::new(Ready::new(V::Room::from(*view)).map_err(|_| Failure::internal())?);
                if let (Some(stamp), Some(cache)) = (stamp, V::room_cache(&request.app)) {
                    cache.insert(stamp, terms, Arc::clone(&room));
                }
                room
            }
        });
    }
    Ok(ReadyList::new(rooms).with_header(TALK_HASH, hash).into_response())
}
