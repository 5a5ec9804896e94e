//! Random secrets of programs and browsers. They are random enough to be stored as a plain hash; passwords that people
//! choose are hashed by [`crate::password`].

use std::fmt::Write as _;

use plauder_model::Rng;
use plauder_model::rng::{ALPHANUMERIC, random_string};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The length of an app password, in characters.
pub const APP_PASSWORD_LENGTH: usize = 72;

/// The length of a session cookie's value, in characters: more than 256 random bits.
pub const COOKIE_LENGTH: usize = 64;

/// A new app password.
#[must_use]
pub fn app_password(rng: &dyn Rng) -> String {
    random_string(rng, ALPHANUMERIC, APP_PASSWORD_LENGTH)
}

/// Whether a text has the form of an app password. No account's password has it.
#[must_use]
pub fn looks_like_app_password(text: &str) -> bool {
    text.len() == APP_PASSWORD_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A new value for a session cookie.
#[must_use]
pub fn cookie(rng: &dyn Rng) -> String {
    random_string(rng, ALPHANUMERIC, COOKIE_LENGTH)
}

/// A secret as it is stored: its SHA-256 in hex.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The id of a guest with a session: the SHA-1 of the session id in hex. Clients compute it too.
#[must_use]
pub fn guest_id(session_id: &str) -> String {
    hex(&Sha1::digest(session_id.as_bytes()))
}

/// Bytes in lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
