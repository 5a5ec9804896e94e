//! The versions of the API side by side: each shows the same views in its own shape.

use plauder_talk::conversation::RoomView;
use plauder_talk::conversation::view::Detail;
use serde::Serialize;

pub(crate) mod circle;
pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod participant;
pub(crate) mod rich_object;
pub(crate) mod user;
pub(crate) mod v1;
pub(crate) mod v2;

/// A version's conversation object.
pub(crate) trait Room: Serialize + From<RoomView> + Send + Sync + 'static {
    /// How much of a conversation it shows.
    const DETAIL: Detail;
}
