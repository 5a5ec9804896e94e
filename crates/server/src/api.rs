//! The API: every operation is a type in a file of its own, every version of the conversation API a type.
//!
//! [`operations::operations`] lists the operations; the router, docs/compatibility.md, the OpenAPI documents, the labels of
//! metrics, the access matrix and the capabilities are made from that list.
//!
//! A request is refused in this order, whatever the operation:
//!
//! 1. 401: the password is wrong, or there are no credentials and the policy needs an account;
//! 2. 412 without an envelope: the request may have been sent by a foreign site;
//! 3. the policy of the operation: 403, or 404 where it hides that the operation exists;
//! 4. 400: a parameter cannot be read (a name means: path over body over query);
//! 5. 404: the addressed object does not exist, or not for the caller;
//! 6. 403: the caller is no moderator where one is needed;
//! 7. 412: the lobby is closed to the caller;
//! 8. 403: the conversation is read-only;
//! 9. the type of the conversation, then values.
//!
//! A cookie or an app password that is not valid any more is refused (401) with the policy, in the transaction that does
//! the work. A body that does not arrive (400, 408) and an address with too many guests (429) are refused before all
//! of these.
//!
//! 1 to 4 happen in `api/request.rs`, 5 to 9 in the use cases, by `plauder_talk::access`.

pub(crate) mod accounts;
mod app_passwords;
mod calls;
pub(crate) mod chat;
pub(crate) mod groups;
pub(crate) mod manners;
mod notifications;
pub(crate) mod objects;
pub mod openapi;
pub mod operation;
pub mod operations;
pub(crate) mod params;
mod participants;
pub(crate) mod platform;
mod request;
mod responses;
mod rooms;
mod search;
mod settings;
mod teams;
mod v1;
pub(crate) mod v2;
mod v3;
mod version;

use self::operation::{Effect, Handler, Meta, Operation, Reply};
pub(crate) use self::request::ApiRequest;
use self::responses::Responses;
use self::version::Version;
