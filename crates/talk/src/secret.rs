//! Random secrets that programs and browsers show. They have so much randomness in them that a plain hash is enough to
//! keep them by; what people think up is treated as in [`crate::password`].

use std::fmt::Write as _;

use plauder_model::Rng;
use plauder_model::rng::{ALPHANUMERIC, random_string};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// How many characters an app password has.
pub const APP_PASSWORD_LENGTH: usize = 72;

/// How many characters the value of a session cookie has: more than 256 random bits.
pub const COOKIE_LENGTH: usize = 64;

/// A new app password.
#[must_use]
pub fn app_password(rng: &dyn Rng) -> String {
    random_string(rng, ALPHANUMERIC, APP_PASSWORD_LENGTH)
}

/// Whether a text looks like an app password. No account can have a password that does.
#[must_use]
pub fn looks_like_app_password(text: &str) -> bool {
    text.len() == APP_PASSWORD_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A new value for a session cookie.
#[must_use]
pub fn cookie(rng: &dyn Rng) -> String {
    random_string(rng, ALPHANUMERIC, COOKIE_LENGTH)
}

/// What is kept of a secret: its SHA-256 in hex.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The id of the guest who is online with a session: its SHA-1 in hex. Clients work it out for themselves.
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
