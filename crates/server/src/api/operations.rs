//! The list of all operations, and the router that is made of it.

use axum::Router;
use axum::routing::{MethodRouter, delete, get, post, put};

use super::manners::Manners;
use super::operation::{Effect, Handler, Meta, Method};
use super::params::{Field, Params as _};
use super::request::answer;
use super::responses::Responses;
use super::v1::V1;
use super::v2::V2;
use super::v3::V3;
use super::version::Version;
use super::{
    accounts, app_passwords, calls, chat, groups, notifications, participants, platform, rooms, settings,
    teams,
};
use crate::App;
use crate::auth::policy::Policy;

/// An operation in one version or family, ready to be served and described.
pub struct Mounted {
    pub(crate) meta: Meta,
    /// How documents call its version or family.
    pub(crate) family: &'static str,
    /// The version of the conversation API, for the operations that have one.
    pub(crate) version: Option<u8>,
    /// Its path below `/ocs/v2.php`.
    pub(crate) path: String,
    pub(crate) policy: &'static str,
    pub(crate) needs_account: bool,
    /// The statuses with which the policy refuses.
    pub(crate) denies: &'static [u16],
    pub(crate) fields: fn() -> Vec<Field>,
    pub(crate) responses: fn() -> Responses,
    pub(crate) refuse: fn(plauder_model::Reason, String) -> plauder_ocs::Failure,
    route: MethodRouter<App>,
}

impl Mounted {
    /// How documents call it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.meta.title
    }

    /// Its method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.meta.method
    }

    /// Its path below that of its family.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.meta.path
    }

    /// Its path below `/ocs/v2.php`.
    #[must_use]
    pub fn full_path(&self) -> &str {
        &self.path
    }

    /// How documents call its version or family.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.family
    }

    /// The version of the conversation API, for the operations that have one.
    #[must_use]
    pub fn version(&self) -> Option<u8> {
        self.version
    }

    /// The name of its policy.
    #[must_use]
    pub fn policy(&self) -> &'static str {
        self.policy
    }

    /// What it changes.
    #[must_use]
    pub fn effects(&self) -> &'static [Effect] {
        self.meta.effects
    }

    /// The features that clients find it by.
    #[must_use]
    pub fn features(&self) -> &'static [&'static str] {
        self.meta.features
    }
}

/// Collects operations.
#[derive(Default)]
pub(super) struct List(Vec<Mounted>);

impl List {
    /// Adds an operation of the conversation API, in the versions that it belongs to.
    pub(super) fn versions<O: Handler<V1> + Handler<V2> + Handler<V3>>(self) -> Self {
        self.version::<V1, O>().version::<V2, O>().version::<V3, O>()
    }

    fn version<V: Version, O: Handler<V>>(self) -> Self {
        if O::META.versions.contains(V::NUMBER) { self.add::<V, O>(Some(V::NUMBER)) } else { self }
    }

    /// Adds an operation of a family that has one version.
    pub(super) fn mount<M: Manners, O: Handler<M>>(self) -> Self {
        self.add::<M, O>(None)
    }

    fn add<M: Manners, O: Handler<M>>(mut self, version: Option<u8>) -> Self {
        let meta = O::META;
        let handler = answer::<O, M>;
        self.0.push(Mounted {
            meta,
            family: M::FAMILY,
            version,
            path: format!("{}{}", M::PREFIX, meta.path),
            policy: O::Policy::NAME,
            needs_account: O::Policy::NEEDS_ACCOUNT,
            denies: O::Policy::DENIES,
            fields: O::Params::fields,
            responses: O::responses,
            refuse: O::refuse,
            route: match meta.method {
                Method::Get => get(handler),
                Method::Post => post(handler),
                Method::Put => put(handler),
                Method::Delete => delete(handler),
            },
        });
        self
    }
}

/// Every operation of the API: each folder below `api/` lists its own.
#[must_use]
pub fn operations() -> Vec<Mounted> {
    let lists = [
        rooms::list,
        participants::list,
        calls::list,
        chat::list,
        accounts::list,
        groups::list,
        app_passwords::list,
        teams::list,
        notifications::list,
        settings::list,
        platform::list,
    ];
    lists.iter().fold(List::default(), |list, add| add(list)).0
}

/// The router of everything below `/ocs/v1.php` and `/ocs/v2.php`.
pub(crate) fn router() -> Router<App> {
    operations()
        .into_iter()
        .fold(Router::new(), |router, operation| router.route(&operation.path, operation.route))
}
