//! A notification of an account (Notifications API v2).

use plauder_model::{NotificationId, NotificationKind, RichObjectType, Timestamp};
use plauder_ocs::Failure;
use plauder_ocs::php::PhpMap;
use plauder_talk::chat::message::Parameter;
use plauder_talk::notification::view::NotificationView;
use plauder_talk::secret;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::rich_object::RichObject;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Notification {
    notification_id: NotificationId,
    app: &'static str,
    user: String,
    datetime: String,
    object_type: &'static str,
    object_id: String,
    subject: String,
    message: String,
    link: String,
    #[serde(rename = "subjectRich")]
    subject_rich: &'static str,
    #[serde(rename = "subjectRichParameters")]
    subject_rich_parameters: PhpMap<String, RichObject>,
    #[serde(rename = "messageRich")]
    message_rich: String,
    #[serde(rename = "messageRichParameters")]
    message_rich_parameters: PhpMap<String, RichObject>,
    icon: String,
    #[serde(rename = "shouldNotify")]
    should_notify: bool,
    actions: [Action; 1],
}

/// What one can do about it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Action {
    label: &'static str,
    link: String,
    #[serde(rename = "type")]
    kind: &'static str,
    primary: bool,
}

impl Notification {
    /// Renders a notification for the account `user`. Links begin with `base`.
    pub(crate) fn new(view: &NotificationView, user: &str, base: &str) -> Self {
        let token = view.token.as_str();
        let room = format!("{base}/call/{token}");
        let icon_url = format!("{base}/ocs/v2.php/apps/spreed/api/v1/room/{token}/avatar");
        let (object_type, object_id, link) = match (&view.message, view.kind) {
            (Some(message), _) => {
                ("chat", format!("{token}/{}", message.id.0), format!("{room}#message_{}", message.id.0))
            }
            (None, NotificationKind::Call | NotificationKind::MissedCall) => {
                ("call", token.to_owned(), room.clone())
            }
            (None, _) => ("room", token.to_owned(), room.clone()),
        };
        let (label, action_link, primary) = match (view.kind, view.between_two) {
            (NotificationKind::Call, true) => ("Answer call", format!("{room}#direct-call"), true),
            (NotificationKind::Call, false) => ("Join call", format!("{room}#direct-call"), true),
            (NotificationKind::MissedCall, true) => ("Call back", room, true),
            _ => ("View chat", link.clone(), false),
        };
        let object = |parameter: &Parameter| RichObject {
            icon_url: parameter.call_type.map(|_| icon_url.clone()),
            ..RichObject::from(parameter.clone())
        };
        let call = RichObject {
            kind: RichObjectType::Call,
            id: view.conversation.0.to_string(),
            name: view.conversation_name.clone(),
            call_type: Some(view.call_type),
            icon_url: Some(icon_url.clone()),
        };
        // The sentence about the call of a group does not name the account that began it.
        let names_user = view.between_two || view.sentence().contains("{user}");
        let named = view.user.as_ref().filter(|_| names_user).map(|user| ("user".to_owned(), object(user)));
        let named = named.into_iter().chain([("call".to_owned(), call)]);
        let message = view.message.as_ref();
        let in_message = message.iter().flat_map(|message| &message.parameters);
        Self {
            notification_id: view.id,
            app: "spreed",
            user: user.to_owned(),
            datetime: iso_8601(view.created_at),
            object_type,
            object_id,
            subject: view.subject(),
            message: view.text(),
            link,
            subject_rich: view.sentence(),
            subject_rich_parameters: PhpMap(named.collect()),
            message_rich: message.map(|message| message.message.clone()).unwrap_or_default(),
            message_rich_parameters: PhpMap(
                in_message.map(|(name, parameter)| (name.clone(), object(parameter))).collect(),
            ),
            icon: format!("{base}/apps/spreed/img/app-dark.svg"),
            should_notify: true,
            actions: [Action { label, link: action_link, kind: "WEB", primary }],
        }
    }

    /// What tells apart any two lists (header `ETag`).
    pub(crate) fn tag(listed: &[Self]) -> Result<String, Failure> {
        let json = serde_json::to_vec(listed).map_err(|_| Failure::internal())?;
        Ok(format!("\"{}\"", secret::hex(&Sha256::digest(&json))))
    }
}

/// A time in UTC as people and programs write it.
fn iso_8601(time: Timestamp) -> String {
    let time = OffsetDateTime::from_unix_timestamp(time).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let written = time.format(&Rfc3339).unwrap_or_default();
    // Clients know the offset in figures, not as `Z`.
    written.replace('Z', "+00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_full() {
        assert_eq!(iso_8601(1_600_000_000), "2020-09-13T12:26:40+00:00");
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00+00:00");
    }
}
