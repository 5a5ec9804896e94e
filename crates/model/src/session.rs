//! Being online in a conversation.

use crate::rng::{self, ALPHANUMERIC, Rng};
use crate::time::Timestamp;

/// How many characters the id of a session has (member `sessionId`: "otherwise a 512 character long string").
pub const ID_LENGTH: usize = 512;

/// For how long a session lives without a ping, in seconds.
pub const ALIVE_SECONDS: i64 = 100;

/// The id of a new session.
#[must_use]
pub fn new_id(rng: &dyn Rng) -> String {
    rng::random_string(rng, ALPHANUMERIC, ID_LENGTH)
}

/// The last ping of sessions that have just died: those whose last ping is this old or older are dead.
#[must_use]
pub const fn dead_since(now: Timestamp) -> Timestamp {
    now - ALIVE_SECONDS
}

/// Whether a session with this last ping is alive.
#[must_use]
pub const fn is_alive(last_ping: Timestamp, now: Timestamp) -> bool {
    last_ping > dead_since(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn ids_are_long_and_plain() {
        let id = new_id(&SeededRng::new(1));
        assert_eq!(id.len(), ID_LENGTH);
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }

    #[test]
    fn alive_while_the_last_ping_is_under_a_hundred_seconds_old() {
        assert!(is_alive(1000, 1099));
        assert!(!is_alive(1000, 1100));
    }
}
