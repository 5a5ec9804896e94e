//! The manners in which requests are answered: what an empty success looks like, and how each reason of a refusal is
//! answered. Each version of the conversation API has its own, and each family that has one version only.

use axum::response::{IntoResponse as _, Response};
use plauder_model::Reason;
use plauder_ocs::php::EmptyArray;
use plauder_ocs::{Answer, Failure};
use schemars::JsonSchema;
use serde::Serialize;

/// Where the operations of Talk begin, before the number of their version.
macro_rules! talk {
    ($version:literal) => {
        concat!("/apps/spreed/api/", $version)
    };
}
pub(crate) use talk;

/// The manners of a family or version.
pub(crate) trait Manners: Send + Sync + 'static {
    /// How documents call the family.
    const FAMILY: &'static str;

    /// Where the paths of its operations begin, below `/ocs/v2.php`.
    const PREFIX: &'static str;

    /// What stands in `ocs.data` of a success that has nothing to say.
    type Empty: Default + Serialize + JsonSchema + Send + Sync + 'static;

    /// How a refusal is answered if its operation does not say otherwise. `message` is the sentence for people.
    fn refuse(reason: Reason, message: String) -> Failure {
        Failure::new(status(reason)).because(message)
    }

    /// A success that has nothing to say.
    fn empty() -> Response {
        Answer::ok(Self::Empty::default()).into_response()
    }
}

/// The status of HTTP for each reason, where a family has no codes of its own.
pub(crate) fn status(reason: Reason) -> u16 {
    match reason {
        Reason::Unauthenticated => 997,
        Reason::NotFound
        | Reason::NoSession
        | Reason::UnknownInvitee
        | Reason::UnknownParticipant
        | Reason::UnknownAccount
        | Reason::UnknownGroup
        | Reason::NoShareService => 404,
        Reason::Forbidden
        | Reason::NotModerator
        | Reason::ReadOnly
        | Reason::WrongPassword
        | Reason::GuestsOnly
        | Reason::NotPublic
        | Reason::CreationRestricted
        | Reason::Oneself
        | Reason::Owner
        | Reason::StartCall
        | Reason::PasswordRequired
        | Reason::AppPasswordRequired
        | Reason::NotShareService => 403,
        Reason::Lobby => 412,
        Reason::SessionConflict => 409,
        Reason::MessageTooLong => 413,
        Reason::RoomType
        | Reason::Name
        | Reason::Value
        | Reason::Source
        | Reason::TeamsDisabled
        | Reason::EmailAddress
        | Reason::ParticipantType
        | Reason::NotGuest
        | Reason::LastModerator
        | Reason::MessageEmpty
        | Reason::UnknownMessage
        | Reason::NotReplyable
        | Reason::IdFormat
        | Reason::DisplayName
        | Reason::Exists
        | Reason::Protected
        | Reason::PasswordPolicy
        | Reason::PasswordMissing
        | Reason::UnknownProperty
        | Reason::UnknownSetting
        | Reason::TeamLevel
        | Reason::ShareToken => 400,
        Reason::Store => 500,
    }
}

/// Chat, and what else of Talk is version 1 for clients of all times.
pub(crate) struct Chat;

impl Manners for Chat {
    const FAMILY: &'static str = "chat";
    const PREFIX: &'static str = talk!("v1");
    type Empty = EmptyArray;
}

/// Accounts, which have codes of their own.
pub(crate) struct Accounts;

impl Manners for Accounts {
    const FAMILY: &'static str = "accounts";
    const PREFIX: &'static str = "/cloud";
    type Empty = EmptyArray;

    fn refuse(reason: Reason, message: String) -> Failure {
        let code = match reason {
            // Whether an account does not exist or is not for the caller looks alike.
            Reason::NotFound => return Failure::new(998),
            Reason::IdFormat
            | Reason::DisplayName
            | Reason::EmailAddress
            | Reason::PasswordPolicy
            | Reason::Oneself => 101,
            Reason::Exists => 102,
            Reason::UnknownGroup => 104,
            Reason::PasswordMissing => 108,
            Reason::UnknownProperty => 113,
            other => status(other),
        };
        Failure::new(code).because(message)
    }
}

/// The memberships of accounts in groups.
pub(crate) struct Memberships;

impl Manners for Memberships {
    const FAMILY: &'static str = Accounts::FAMILY;
    const PREFIX: &'static str = Accounts::PREFIX;
    type Empty = EmptyArray;

    fn refuse(reason: Reason, message: String) -> Failure {
        let code = match reason {
            Reason::UnknownGroup => 102,
            Reason::UnknownAccount => 103,
            Reason::Protected => 105,
            other => return Accounts::refuse(other, message),
        };
        Failure::new(code).because(message)
    }
}

/// Groups of accounts.
pub(crate) struct Groups;

impl Manners for Groups {
    const FAMILY: &'static str = "groups";
    const PREFIX: &'static str = Accounts::PREFIX;
    type Empty = EmptyArray;

    fn refuse(reason: Reason, message: String) -> Failure {
        let code = match reason {
            Reason::UnknownGroup => 404,
            Reason::Protected => 102,
            other => return Accounts::refuse(other, message),
        };
        Failure::new(code).because(message)
    }
}

/// Settings of Talk that administrators change while it runs.
pub(crate) struct Settings;

impl Manners for Settings {
    const FAMILY: &'static str = "settings";
    const PREFIX: &'static str = "/apps/provisioning_api/api/v1";
    type Empty = EmptyArray;
}

/// Teams, which the API calls circles.
pub(crate) struct Teams;

impl Manners for Teams {
    const FAMILY: &'static str = "teams";
    const PREFIX: &'static str = "/apps/circles";
    type Empty = EmptyArray;

    fn refuse(reason: Reason, message: String) -> Failure {
        let code = match reason {
            // A team has to have an owner; the request is for the wrong member.
            Reason::Owner => 400,
            other => status(other),
        };
        Failure::new(code).because(message)
    }
}

/// Notifications, version 2.
pub(crate) struct Notifications;

impl Manners for Notifications {
    const FAMILY: &'static str = "notifications";
    const PREFIX: &'static str = "/apps/notifications/api/v2";
    type Empty = EmptyArray;
}

/// App passwords.
pub(crate) struct AppPasswords;

impl Manners for AppPasswords {
    const FAMILY: &'static str = "app passwords";
    const PREFIX: &'static str = "/core";
    type Empty = EmptyArray;
}

/// What the server is and what it can do.
pub(crate) struct Capabilities;

impl Manners for Capabilities {
    const FAMILY: &'static str = "capabilities";
    const PREFIX: &'static str = "/cloud";
    type Empty = EmptyArray;
}
