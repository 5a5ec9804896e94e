//! An operation of the API as a value: everything that is known about it is written once, in its own file.

use axum::response::Response;
use plauder_model::Reason;
use plauder_ocs::Failure;

use super::manners::Manners;
use super::params::Params;
use super::request::ApiRequest;
use super::responses::Responses;
use crate::auth::policy::Policy;
use crate::error::ApiError;

/// What a handler returns.
pub(crate) type Reply = Result<Response, ApiError>;

/// An operation of the API. [`Handler`] answers it.
pub(crate) trait Operation: Sized + Send + Sync + 'static {
    /// What is known about it.
    const META: Meta;
    /// Who may call it.
    type Policy: Policy;
    /// What it takes.
    type Params: Params;
}

/// Answers an operation in the manners `M`: those of a version of the conversation API, or those of a family that has
/// one version only.
pub(crate) trait Handler<M: Manners>: Operation {
    /// What it answers, for the OpenAPI document.
    fn responses() -> Responses;

    /// Answers a request that has been let in by the policy as far as that is known without the store.
    fn run(request: ApiRequest<Self, M>) -> impl Future<Output = Reply> + Send;

    /// How a refusal of its use case is answered: the exceptions from what `M` says by default.
    fn refuse(reason: Reason, message: String) -> Failure {
        M::refuse(reason, message)
    }
}

/// The method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// As it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// The versions of the conversation API that an operation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions {
    since: u8,
    until: u8,
}

impl Versions {
    /// Versions 1 and 2. Version 3 takes over one operation after the other.
    const CLASSIC: Self = Self { since: 1, until: 2 };

    /// Whether a version is among them.
    pub(crate) fn contains(self, version: u8) -> bool {
        (self.since..=self.until).contains(&version)
    }
}

/// What an operation changes in the store, as far as somebody sees it. The access matrix compares the store before and
/// after each request with this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A conversation is created.
    CreatesConversation,
    /// A conversation is deleted, with everything in it.
    DeletesConversation,
    /// The settings of a conversation change.
    ChangesConversation,
    /// Attendees are added.
    AddsAttendees,
    /// Attendees are removed.
    RemovesAttendees,
    /// The participant type of an attendee changes.
    ChangesParticipantType,
    /// The name of a guest changes.
    ChangesGuestName,
    /// The caller's own settings of a conversation change: favourite, notification level.
    ChangesOwnSettings,
    /// Sessions begin.
    BeginsSession,
    /// Sessions end.
    EndsSession,
    /// A session joins the call.
    JoinsCall,
    /// Sessions leave the call.
    LeavesCall,
    /// A message is posted.
    PostsMessage,
    /// The read marker of the caller moves.
    MovesReadMarker,
    /// A mail waits to be sent.
    SendsMail,
    /// A system message of this name is posted.
    SystemMessage(&'static str),
    /// An account, a group, a team, a notification, an app password or a setting is created, changed or deleted.
    ChangesAdministration,
}

/// A member of an object, and the feature that clients look for before they read it.
pub(crate) type MemberFeature = (&'static str, &'static str);

/// What is known about an operation, beside its types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meta {
    /// How it is called in documents.
    pub(crate) title: &'static str,
    /// Its method.
    pub(crate) method: Method,
    /// Its path below that of its family.
    pub(crate) path: &'static str,
    /// The versions of the conversation API that it belongs to.
    pub(crate) versions: Versions,
    /// Why it is refused, beside what its policy and its parameters say.
    pub(crate) refusals: &'static [Reason],
    /// What it changes.
    pub(crate) effects: &'static [Effect],
    /// The features that clients find it by.
    pub(crate) features: &'static [&'static str],
    /// Whether its handler reads headers. The others do not keep them in memory while they wait.
    pub(crate) reads_headers: bool,
}

impl Meta {
    const fn new(method: Method, path: &'static str, title: &'static str) -> Self {
        let versions = Versions::CLASSIC;
        Self {
            title,
            method,
            path,
            versions,
            refusals: &[],
            effects: &[],
            features: &[],
            reads_headers: false,
        }
    }

    /// An operation that reads.
    pub(crate) const fn get(path: &'static str, title: &'static str) -> Self {
        Self::new(Method::Get, path, title)
    }

    /// An operation by `POST`.
    pub(crate) const fn post(path: &'static str, title: &'static str) -> Self {
        Self::new(Method::Post, path, title)
    }

    /// An operation by `PUT`.
    pub(crate) const fn put(path: &'static str, title: &'static str) -> Self {
        Self::new(Method::Put, path, title)
    }

    /// An operation by `DELETE`.
    pub(crate) const fn delete(path: &'static str, title: &'static str) -> Self {
        Self::new(Method::Delete, path, title)
    }

    /// The same, from a version of the conversation API on.
    pub(crate) const fn since(mut self, version: u8) -> Self {
        self.versions = Versions { since: version, until: u8::MAX };
        self
    }

    /// The same with the reasons for which its use case refuses.
    pub(crate) const fn refuses(mut self, reasons: &'static [Reason]) -> Self {
        self.refusals = reasons;
        self
    }

    /// The same with what it changes.
    pub(crate) const fn effects(mut self, effects: &'static [Effect]) -> Self {
        self.effects = effects;
        self
    }

    /// The same for a handler that reads headers.
    pub(crate) const fn reads_headers(mut self) -> Self {
        self.reads_headers = true;
        self
    }

    /// The same with the features that clients find it by.
    pub(crate) const fn features(mut self, features: &'static [&'static str]) -> Self {
        self.features = features;
        self
    }
}
