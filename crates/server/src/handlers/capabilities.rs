//! What the server can do. Only what works is named.

use plauder_ocs::Answer;
use plauder_talk::capabilities::{self, TalkCapabilities};
use serde::Serialize;

use super::status::{VERSION, VERSION_PARTS};
use crate::caller::{Asker, Open};
use crate::error::ApiError;

/// Features of Talk by the names that clients know them under.
const FEATURES: &[&str] = &[
    "empty-group-room",
    "favorites",
    "last-room-activity",
    "locked-one-to-one-rooms",
    "notification-levels",
    "read-only-rooms",
];

const NOTIFICATIONS: Notifications =
    Notifications { endpoints: &["list", "get", "delete", "delete-all", "exists"] };

#[derive(Debug, Serialize)]
pub(crate) struct Capabilities {
    version: Version,
    capabilities: Apps,
}

#[derive(Debug, Serialize)]
struct Version {
    major: u32,
    minor: u32,
    micro: u32,
    string: &'static str,
    edition: &'static str,
    #[serde(rename = "extendedSupport")]
    extended_support: bool,
}

#[derive(Debug, Serialize)]
struct Apps {
    core: Core,
    notifications: Notifications,
    #[serde(skip_serializing_if = "Option::is_none")]
    spreed: Option<Talk>,
}

#[derive(Debug, Serialize)]
struct Core {
    /// How often clients may ask again, in seconds.
    pollinterval: u32,
}

#[derive(Debug, Serialize)]
struct Notifications {
    /// What can be done with them, by the names that clients know.
    #[serde(rename = "ocs-endpoints")]
    endpoints: &'static [&'static str],
}

#[derive(Debug, Serialize)]
struct Talk {
    features: Vec<&'static str>,
    config: Config,
}

#[derive(Debug, Serialize)]
struct Config {
    conversations: Conversations,
}

#[derive(Debug, Serialize)]
struct Conversations {
    #[serde(rename = "can-create")]
    can_create: bool,
}

/// The capabilities as the caller has them: without Talk for an account that may not use it.
pub(crate) async fn show(asker: Asker<Open>) -> Result<Answer<Capabilities>, ApiError> {
    let talk = asker.read(capabilities::show).await?.map(Talk::from);
    let [major, minor, micro] = VERSION_PARTS;
    Ok(Answer::ok(Capabilities {
        version: Version { major, minor, micro, string: VERSION, edition: "", extended_support: false },
        capabilities: Apps { core: Core { pollinterval: 60 }, notifications: NOTIFICATIONS, spreed: talk },
    }))
}

impl From<TalkCapabilities> for Talk {
    fn from(talk: TalkCapabilities) -> Self {
        let mut features = FEATURES.to_vec();
        if talk.circles {
            features.push("circles-support");
        }
        let conversations = Conversations { can_create: talk.can_create };
        Self { features, config: Config { conversations } }
    }
}
