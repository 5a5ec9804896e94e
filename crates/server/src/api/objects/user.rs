//! An account as operations on accounts show it.

use plauder_model::Timestamp;
use plauder_talk::account::AccountView;
use schemars::JsonSchema;
use serde::Serialize;

/// An account as its owner and administrators see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct User {
    enabled: bool,
    id: String,
    #[serde(rename = "firstLoginTimestamp")]
    first_login: Timestamp,
    #[serde(rename = "lastLoginTimestamp")]
    last_login: Timestamp,
    /// In milliseconds.
    #[serde(rename = "lastLogin")]
    last_login_ms: Timestamp,
    backend: &'static str,
    subadmin: [String; 0],
    quota: Quota,
    email: Option<String>,
    displayname: String,
    #[serde(rename = "display-name")]
    display_name: String,
    groups: Vec<String>,
    language: &'static str,
    locale: &'static str,
    #[serde(rename = "backendCapabilities")]
    backend_capabilities: BackendCapabilities,
}

/// Clients expect to read how much room for files there is; there are none here.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Quota {
    free: i64,
    used: i64,
    total: i64,
    relative: i64,
    quota: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BackendCapabilities {
    #[serde(rename = "setDisplayName")]
    set_display_name: bool,
    #[serde(rename = "setPassword")]
    set_password: bool,
}

impl From<AccountView> for User {
    fn from(view: AccountView) -> Self {
        Self {
            enabled: view.enabled,
            id: view.user_id,
            first_login: view.first_login,
            last_login: view.last_login,
            last_login_ms: view.last_login * 1000,
            backend: "Database",
            subadmin: [],
            quota: Quota { free: -3, used: 0, total: -3, relative: 0, quota: -3 },
            email: Some(view.email).filter(|email| !email.is_empty()),
            displayname: view.display_name.clone(),
            display_name: view.display_name,
            groups: view.groups,
            language: "en",
            locale: "",
            backend_capabilities: BackendCapabilities { set_display_name: true, set_password: true },
        }
    }
}
