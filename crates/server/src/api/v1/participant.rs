//! Participants as API v1 and v2 show them.

use plauder_model::{ParticipantType, Timestamp, Token};
use plauder_store::sessions::{self, Session};
use plauder_talk::participant::list::ParticipantView;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::version::FromPeer;

/// An item of the list of participants.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Participant {
    in_call: i64,
    last_ping: Timestamp,
    session_id: String,
    participant_type: ParticipantType,
    user_id: String,
    display_name: String,
}

impl From<ParticipantView> for Participant {
    fn from(listed: ParticipantView) -> Self {
        Self {
            in_call: listed.session.as_ref().map_or(0, |session| session.in_call),
            last_ping: listed.last_ping,
            session_id: listed.session.map_or_else(|| "0".to_owned(), |session| session.session_id),
            participant_type: listed.participant_type,
            user_id: listed.actor.user_id().to_owned(),
            display_name: listed.display_name,
        }
    }
}

/// Another session that keeps somebody from joining.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ConflictingSession {
    session_id: String,
    in_call: i64,
    last_ping: Timestamp,
}

impl From<&Session> for ConflictingSession {
    fn from(session: &Session) -> Self {
        Self {
            session_id: session.session_id.clone(),
            in_call: session.in_call,
            last_ping: session.last_ping,
        }
    }
}

/// Somebody in a call.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Peer {
    user_id: String,
    token: String,
    last_ping: Timestamp,
    session_id: String,
}

impl FromPeer for Peer {
    fn from_peer(peer: sessions::Peer, token: &Token) -> Self {
        Self {
            user_id: peer.actor.user_id().to_owned(),
            token: token.as_str().to_owned(),
            last_ping: peer.session.last_ping,
            session_id: peer.session.session_id,
        }
    }
}
