//! A participant as API v1 and v2 list them.

use plauder_model::{ParticipantType, Timestamp};
use plauder_talk::participant::list::Listed;
use serde::Serialize;

/// An item of the list of participants.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Participant {
    in_call: i64,
    last_ping: Timestamp,
    session_id: String,
    participant_type: ParticipantType,
    user_id: String,
    display_name: String,
}

impl From<Listed> for Participant {
    fn from(listed: Listed) -> Self {
        Self {
            in_call: listed.session.as_ref().map_or(0, |session| session.in_call),
            last_ping: listed.last_ping,
            session_id: listed.session.map_or_else(|| "0".to_owned(), |session| session.session_id),
            participant_type: listed.rank,
            user_id: listed.user_id,
            display_name: listed.display_name,
        }
    }
}
