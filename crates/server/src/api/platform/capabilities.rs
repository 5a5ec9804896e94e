//! What the server can do. Only what works is named.

use axum::response::IntoResponse as _;
use plauder_ocs::Answer;
use plauder_talk::capabilities::{self, TalkCapabilities};
use plauder_talk::chat::text::MAX_CHARACTERS;
use schemars::JsonSchema;
use serde::Serialize;

use super::features;
use super::status::{TALK_VERSION, VERSION, VERSION_PARTS};
use crate::api::manners;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Anyone;

/// The capabilities of the server as the caller has them: without Talk for an account that may not use it.
pub(crate) struct GetCapabilities;

impl Operation for GetCapabilities {
    const META: Meta = Meta::get("/capabilities", "Get the capabilities");
    type Policy = Anyone;
    type Params = ();
}

const NOTIFICATIONS: Notifications =
    Notifications { endpoints: &["list", "get", "delete", "delete-all", "exists"] };

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Capabilities {
    version: Version,
    capabilities: Apps,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Version {
    major: u32,
    minor: u32,
    micro: u32,
    string: &'static str,
    edition: &'static str,
    #[serde(rename = "extendedSupport")]
    extended_support: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Apps {
    core: Core,
    notifications: Notifications,
    #[serde(skip_serializing_if = "Option::is_none")]
    spreed: Option<Talk>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Core {
    /// How often clients may ask again, in seconds.
    pollinterval: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Notifications {
    /// What can be done with them, by the names that clients know.
    #[serde(rename = "ocs-endpoints")]
    endpoints: &'static [&'static str],
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Talk {
    features: Vec<&'static str>,
    config: Config,
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Config {
    attachments: Attachments,
    call: Call,
    chat: Chat,
    conversations: Conversations,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Attachments {
    /// Whether files can be shared.
    allowed: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Call {
    enabled: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Chat {
    /// How many characters a message may have.
    #[serde(rename = "max-length")]
    max_length: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Conversations {
    #[serde(rename = "can-create")]
    can_create: bool,
}

impl Handler<manners::Capabilities> for GetCapabilities {
    fn responses() -> Responses {
        Responses::ok::<Capabilities>("The capabilities.")
    }

    async fn run(request: ApiRequest<Self, manners::Capabilities>) -> Reply {
        let talk = request.read(|tx, caller, ()| capabilities::show(tx, caller)).await?.map(Talk::from);
        let [major, minor, micro] = VERSION_PARTS;
        Ok(Answer::ok(Capabilities {
            version: Version { major, minor, micro, string: VERSION, edition: "", extended_support: false },
            capabilities: Apps {
                core: Core { pollinterval: 60 },
                notifications: NOTIFICATIONS,
                spreed: talk,
            },
        })
        .into_response())
    }
}

impl From<TalkCapabilities> for Talk {
    fn from(talk: TalkCapabilities) -> Self {
        let config = Config {
            attachments: Attachments { allowed: false },
            call: Call { enabled: true },
            chat: Chat { max_length: MAX_CHARACTERS },
            conversations: Conversations { can_create: talk.can_create },
        };
        Self { features: features::announced(talk.circles), config, version: TALK_VERSION }
    }
}
