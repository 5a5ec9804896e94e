//! Objects that are alike in every version of the conversation API, and those of the families that have one version.

pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod rich_object;
pub(crate) mod team;
pub(crate) mod user;
