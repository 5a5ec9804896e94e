//! What clients look at before they sign in.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

/// Says the version as clients read it: as a text, and in its parts.
macro_rules! version {
    ($major:literal, $minor:literal, $micro:literal) => {
        /// The version that clients know what to do with: the platform's at the time of Conversation API v1 and v2.
        pub(crate) const VERSION: &str = concat!($major, ".", $minor, ".", $micro);

        /// The parts of [`VERSION`].
        pub(crate) const VERSION_PARTS: [u32; 3] = [$major, $minor, $micro];

        /// What changes with the program, whether clients are told another version or not.
        pub(crate) const BUILD: &str =
            concat!($major, ".", $minor, ".", $micro, " ", env!("CARGO_PKG_VERSION"));
    };
}
version!(20, 0, 0);

/// The version of Talk whose API clients find here, as the platform of [`VERSION`] had it.
pub(crate) const TALK_VERSION: &str = "10.0.0";

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Status {
    installed: bool,
    maintenance: bool,
    #[serde(rename = "needsDbUpgrade")]
    needs_db_upgrade: bool,
    version: String,
    versionstring: &'static str,
    edition: &'static str,
    productname: &'static str,
    #[serde(rename = "extendedSupport")]
    extended_support: bool,
}

/// `/status.php`: that this is a server, and of what kind.
pub(crate) async fn status() -> Json<Status> {
    Json(Status {
        installed: true,
        maintenance: false,
        needs_db_upgrade: false,
        version: format!("{VERSION}.0"),
        versionstring: VERSION,
        edition: "",
        productname: "Plauder",
        extended_support: false,
    })
}

/// `/`: for a browser.
pub(crate) async fn greeting() -> &'static str {
    "This is Plauder, a server for conversations. It is used through Talk's apps and API, not through a page.\n"
}

/// `/call/{token}`, the link of a conversation: for a browser. The same for every token, whether it exists or not.
pub(crate) async fn link() -> &'static str {
    "This is the link of a conversation. Open it in one of Talk's apps: it asks for your name and takes you in.\n"
}
