//! The features of Talk that clients look for by name. One is announced if an operation ([`Meta::features`]) or a member of
//! an object makes it work. [`CATALOGUE`] knows the names of Talk 10, 11 and 21, and says of each that is not announced
//! what it lacks.
//!
//! [`Meta::features`]: crate::api::operation::Meta

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::api::objects::message::Message;
use crate::api::operation::{MemberFeature, Method};
use crate::api::operations::operations;
use crate::api::{v1, v2};

/// A name that clients know.
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    pub(crate) state: State,
}

/// Whether a feature works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It works.
    Works,
    /// It works while teams are switched on.
    WorksWithTeams,
    /// It needs something of the API that is not there.
    Lacks(Part),
    /// It is not there for this reason.
    NotHere(&'static str),
}

/// A part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// An operation, by its method and its path below that of its family.
    Operation(Method, &'static str),
    /// A parameter of an operation.
    Parameter(Method, &'static str, &'static str),
    /// A member of an object, which is called as in the documents.
    Member(&'static str, &'static str),
    /// A version of the conversation API.
    Version(u8),
}

/// The objects whose members stand for features, in every version.
const OBJECTS: [(&str, &[MemberFeature]); 3] =
    [("Room", v1::Room::FEATURES), ("Room", v2::Room::FEATURES), ("Message", Message::FEATURES)];

const FILES: &str = "there are no files";
const SIP: &str = "there is no SIP bridge";
const RECORDING: &str = "there is no recording service";
const FEDERATION: &str = "there is no federation";

/// Every name, in the order in which they are announced. `conversation-v4` stands before every other one with
/// "conversation" in it, because clients look at the first of them only.
pub(crate) const CATALOGUE: &[Feature] = {
    use Method::{Delete, Get, Post, Put};
    use Part::{Member, Operation, Parameter, Version};
    use State::{Lacks, NotHere, Works, WorksWithTeams};

    const fn feature(name: &'static str, state: State) -> Feature {
        Feature { name, state }
    }
    const SIGNALING: State = State::Lacks(Part::Operation(Method::Post, "/signaling/{token}"));
    const SHARE: State = State::Lacks(Part::Operation(Method::Post, "/chat/{token}/share"));
    const PERMISSIONS: State =
        State::Lacks(Part::Operation(Method::Put, "/room/{token}/attendees/permissions"));
    const DELETE_MESSAGE: State = State::Lacks(Part::Operation(Method::Delete, "/chat/{token}/{messageId}"));
    const EDIT_MESSAGE: State = State::Lacks(Part::Operation(Method::Put, "/chat/{token}/{messageId}"));

    &[
        feature("audio", SIGNALING),
        feature("video", SIGNALING),
        feature("chat", NotHere("`chat-v2` has taken its place")),
        feature("chat-v2", Works),
        feature("conversation-v4", Lacks(Version(4))),
        feature("conversation-v3", Lacks(Member("Room", "attendeeId"))),
        feature("conversation-v2", Works),
        feature("guest-signaling", SIGNALING),
        feature("empty-group-room", Works),
        feature("guest-display-names", Works),
        feature("multi-room-users", Works),
        feature("favorites", Works),
        feature("last-room-activity", Works),
        feature("no-ping", Works),
        feature("system-messages", Works),
        feature("delete-messages", DELETE_MESSAGE),
        feature("mention-flag", Works),
        feature("in-call-flags", Works),
        feature("conversation-call-flags", Lacks(Member("Room", "callFlag"))),
        feature("notification-levels", Works),
        feature("invite-by-mail", NotHere("`invite-groups-and-mails` has taken its place")),
        feature("invite-groups-and-mails", Works),
        feature("locked-one-to-one-rooms", Works),
        feature("read-only-rooms", Works),
        feature("listable-rooms", Lacks(Operation(Put, "/room/{token}/listable"))),
        feature("chat-read-marker", Works),
        feature("chat-unread", Lacks(Operation(Delete, "/chat/{token}/read"))),
        feature("webinary-lobby", Works),
        feature("start-call-flag", Works),
        feature("chat-replies", Works),
        feature("circles-support", WorksWithTeams),
        feature("force-mute", SIGNALING),
        feature("sip-support", NotHere(SIP)),
        feature("sip-support-nopin", NotHere(SIP)),
        feature("chat-read-status", Lacks(Member("Room", "lastCommonReadMessage"))),
        feature("phonebook-search", NotHere("accounts have no phone numbers")),
        feature("raise-hand", SIGNALING),
        feature("room-description", Lacks(Member("Room", "description"))),
        feature("rich-object-sharing", SHARE),
        feature("temp-user-avatar-api", Lacks(Operation(Post, "/temp-user-avatar"))),
        feature("geo-location-sharing", SHARE),
        feature("voice-message-sharing", NotHere(FILES)),
        feature("signaling-v3", Lacks(Operation(Get, "/signaling/{token}"))),
        feature("publishing-permissions", PERMISSIONS),
        feature("clear-history", Lacks(Operation(Delete, "/chat/{token}"))),
        feature("direct-mention-flag", Lacks(Member("Room", "unreadMentionDirect"))),
        feature("notification-calls", Lacks(Operation(Post, "/room/{token}/notify-calls"))),
        feature("conversation-permissions", Lacks(Operation(Put, "/room/{token}/permissions/{mode}"))),
        feature("rich-object-list-media", Lacks(Operation(Get, "/chat/{token}/share"))),
        feature("rich-object-delete", SHARE),
        feature("unified-search", Lacks(Operation(Get, "/search/providers/{provider}/search"))),
        feature("chat-permission", PERMISSIONS),
        feature("silent-send", Lacks(Parameter(Post, "/chat/{token}", "silent"))),
        feature("silent-call", Lacks(Parameter(Post, "/call/{token}", "silent"))),
        feature("send-call-notification", Lacks(Operation(Post, "/call/{token}/ring/{attendeeId}"))),
        feature("talk-polls", Lacks(Operation(Post, "/poll/{token}"))),
        feature("breakout-rooms-v1", Lacks(Operation(Post, "/breakout-rooms/{token}"))),
        feature("recording-v1", NotHere(RECORDING)),
        feature("avatar", Lacks(Operation(Get, "/room/{token}/avatar"))),
        feature("chat-get-context", Lacks(Operation(Get, "/chat/{token}/{messageId}/context"))),
        feature("single-conversation-status", Lacks(Member("Room", "status"))),
        feature("chat-keep-notifications", Lacks(Parameter(Get, "/chat/{token}", "markNotificationsAsRead"))),
        feature("typing-privacy", Lacks(Operation(Post, "/settings/user"))),
        feature("remind-me-later", Lacks(Operation(Post, "/chat/{token}/{messageId}/reminder"))),
        feature("bots-v1", Lacks(Operation(Post, "/bot/{token}/message"))),
        feature("markdown-messages", Lacks(Member("Message", "markdown"))),
        feature("media-caption", NotHere(FILES)),
        feature("session-state", Lacks(Operation(Put, "/room/{token}/participants/state"))),
        feature("note-to-self", Lacks(Operation(Get, "/room/note-to-self"))),
        feature("recording-consent", NotHere(RECORDING)),
        feature("sip-support-dialout", NotHere(SIP)),
        feature("delete-messages-unlimited", DELETE_MESSAGE),
        feature("edit-messages", EDIT_MESSAGE),
        feature("silent-send-state", Lacks(Member("Message", "silent"))),
        feature("chat-read-last", Works),
        feature("federation-v1", NotHere(FEDERATION)),
        feature("federation-v2", NotHere(FEDERATION)),
        feature("ban-v1", Lacks(Operation(Post, "/ban/{token}"))),
        feature("chat-reference-id", Works),
        feature("mention-permissions", Lacks(Operation(Put, "/room/{token}/mention-permissions"))),
        feature("edit-messages-note-to-self", EDIT_MESSAGE),
        feature("archived-conversations-v2", Lacks(Operation(Post, "/room/{token}/archive"))),
        feature("talk-polls-drafts", Lacks(Operation(Get, "/poll/{token}/drafts"))),
        feature("download-call-participants", Lacks(Operation(Get, "/call/{token}/download"))),
        feature("email-csv-import", Lacks(Operation(Post, "/room/{token}/import-emails"))),
        feature("conversation-creation-password", Lacks(Parameter(Post, "/room", "password"))),
        feature("call-notification-state-api", Lacks(Operation(Get, "/call/{token}/notification-state"))),
        feature("schedule-meeting", NotHere("there is no calendar")),
        feature("chat-summary-api", NotHere("there is no service that summarises")),
        feature("message-expiration", Lacks(Operation(Post, "/room/{token}/message-expiration"))),
        feature("reactions", Lacks(Operation(Post, "/reaction/{token}/{messageId}"))),
    ]
};

/// The features that operations and members name.
fn named() -> BTreeSet<&'static str> {
    let by_operations = operations().into_iter().flat_map(|operation| operation.features().iter().copied());
    let by_members = OBJECTS.iter().flat_map(|(_, members)| members.iter().map(|(_, feature)| *feature));
    by_operations.chain(by_members).collect()
}

/// What is announced, as far as settings permit.
static ANNOUNCED: LazyLock<Vec<&'static Feature>> = LazyLock::new(|| {
    let named = named();
    CATALOGUE.iter().filter(|feature| named.contains(feature.name)).collect()
});

/// The names to announce.
pub(crate) fn announced(teams: bool) -> Vec<&'static str> {
    let announced = ANNOUNCED.iter().filter(|feature| teams || feature.state != State::WorksWithTeams);
    announced.map(|feature| feature.name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::openapi::{document, versions};

    /// A path without the names of its parameters.
    fn shape(path: &str) -> Vec<&str> {
        path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect()
    }

    fn exists(part: Part) -> bool {
        let operations = operations();
        let mut found = operations.iter();
        match part {
            Part::Version(version) => found.any(|one| one.version() == Some(version)),
            Part::Operation(method, path) => {
                found.any(|one| one.method() == method && shape(one.path()) == shape(path))
            }
            Part::Parameter(method, path, name) => found.any(|one| {
                let is_it = one.method() == method && shape(one.path()) == shape(path);
                is_it && (one.fields)().iter().any(|field| field.name == name)
            }),
            Part::Member(object, name) => versions().into_iter().any(|version| {
                let document = document(version);
                document["components"]["schemas"][object]["properties"][name] != Value::Null
            }),
        }
    }

    #[test]
    fn each_name_is_in_the_catalogue_once() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|feature| feature.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for name in named() {
            assert!(names.contains(name), "the catalogue does not know {name}");
        }
    }

    #[test]
    fn a_feature_works_if_operations_or_members_make_it_work() {
        let named = named();
        for feature in CATALOGUE {
            let works = matches!(feature.state, State::Works | State::WorksWithTeams);
            assert_eq!(named.contains(feature.name), works, "{}: {:?}", feature.name, feature.state);
        }
    }

    #[test]
    fn what_a_feature_lacks_is_not_there() {
        for feature in CATALOGUE {
            if let State::Lacks(part) = feature.state {
                assert!(!exists(part), "{} has {part:?} now: announce it", feature.name);
            }
        }
        assert!(exists(Part::Operation(Method::Put, "/room/{name}")));
        assert!(exists(Part::Parameter(Method::Post, "/chat/{token}", "referenceId")));
        assert!(exists(Part::Member("Room", "unreadMention")) && exists(Part::Version(2)));
    }

    /// A feature is still named if one of several parts is lost: this compares the parts of each with a list.
    /// `UPDATE_DOCS=1` writes it.
    #[test]
    fn each_feature_has_its_parts() {
        let mut parts = BTreeSet::new();
        for operation in operations() {
            for feature in operation.features() {
                parts.insert(format!(
                    "{feature}: {} {}\n",
                    operation.method().as_str(),
                    operation.full_path()
                ));
            }
        }
        for (object, members) in OBJECTS {
            parts.extend(members.iter().map(|(member, feature)| format!("{feature}: {object}.{member}\n")));
        }
        let parts: String = parts.into_iter().collect();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/platform/features.txt");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(file, &parts).unwrap();
        }
        assert!(std::fs::read_to_string(file).unwrap() == parts, "run the test again with UPDATE_DOCS=1");
    }

    #[test]
    fn members_that_stand_for_features_are_there() {
        for (object, members) in OBJECTS {
            for (member, feature) in members {
                assert!(exists(Part::Member(object, member)), "{feature} needs {object}.{member}");
            }
        }
    }

    #[test]
    fn clients_find_the_newest_version_first() {
        let mut names = CATALOGUE.iter().map(|feature| feature.name);
        assert_eq!(names.find(|name| name.contains("conversation")), Some("conversation-v4"));
        let position = |name| announced(true).iter().position(|one| *one == name);
        assert!(position("circles-support").is_some() && position("conversation-v3").is_none());
        assert!(!announced(false).contains(&"circles-support"));
    }
}
