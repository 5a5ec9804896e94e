//! What a name in braces stands for, in messages and notifications.

use plauder_model::RichObjectType;
use plauder_talk::chat::message::Parameter;
use schemars::JsonSchema;
use serde::Serialize;

/// Somebody or something that is named.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RichObject {
    #[serde(rename = "type")]
    pub(crate) kind: RichObjectType,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "call-type", skip_serializing_if = "Option::is_none")]
    pub(crate) call_type: Option<&'static str>,
    /// Of a conversation in a notification.
    #[serde(rename = "icon-url", skip_serializing_if = "Option::is_none")]
    pub(crate) icon_url: Option<String>,
}

impl From<Parameter> for RichObject {
    fn from(parameter: Parameter) -> Self {
        let Parameter { kind, id, name, call_type } = parameter;
        Self { kind, id, name, call_type, icon_url: None }
    }
}
