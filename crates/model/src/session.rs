//! Sessions: an attendee is online in a conversation while one of their sessions is alive.

use crate::rng::{self, ALPHANUMERIC, Rng};
use crate::time::Timestamp;

/// Length of a session id, in characters (member `sessionId`: "otherwise a 512 character long string").
pub const ID_LENGTH: usize = 512;

/// Lifetime of a session after its last ping, in seconds.
pub const ALIVE_SECONDS: i64 = 100;

/// Returns a random id for a new session.
#[must_use]
pub fn new_id(rng: &dyn Rng) -> String {
    rng::random_string(rng, ALPHANUMERIC, ID_LENGTH)
}

/// Returns the time that separates dead from living sessions: a session whose last ping is at or before it is dead.
#[must_use]
pub const fn dead_since(now: Timestamp) -> Timestamp {
    now - ALIVE_SECONDS
}

/// Whether a session with this last ping is alive at `now`.
#[must_use]
pub const fn is_alive(last_ping: Timestamp, now: Timestamp) -> bool {
    last_ping > dead_since(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn session_ids_have_512_letters_and_digits() {
        let id = new_id(&SeededRng::new(1));
        assert_eq!(id.len(), ID_LENGTH);
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }

    #[test]
    fn session_is_alive_until_its_last_ping_is_100_seconds_old() {
        assert!(is_alive(1000, 1099));
        assert!(!is_alive(1000, 1100));
    }
}
