//! Passwords that people choose: hashed with Argon2id (19 MiB, two passes, salted). A hash takes some ten milliseconds
//! of a core on purpose, and so is never computed inside a transaction.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use percent_encoding::percent_decode_str;
use plauder_model::rng::{ALPHANUMERIC, random_string};
use plauder_model::{Reason, Rng};
use thiserror::Error;

use crate::secret;

/// The maximum length of a password, in bytes; it bounds the cost of hashing.
pub const MAX_BYTES: usize = 1024;

/// The default minimum length of a password, in characters.
pub const MIN_LENGTH: usize = 8;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// It has too few characters.
    #[error("The password needs to be at least {0} characters long")]
    TooShort(usize),
    /// It has too many bytes.
    #[error("The password must not have more than {MAX_BYTES} bytes")]
    TooLong,
    /// An account is created without a password.
    #[error("A password is required: this server sends no mail to set one")]
    Missing,
    /// It has the form of an app password, which is checked in another way.
    #[error("The password must not look like an app password (72 letters and digits)")]
    LooksLikeAppPassword,
}

impl PasswordError {
    /// The reason that a version of the API renders.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Missing => Reason::PasswordMissing,
            Self::TooShort(_) | Self::TooLong | Self::LooksLikeAppPassword => Reason::PasswordPolicy,
        }
    }
}

/// Refuses a password that is too short, too long, or has the form of an app password.
pub fn check(password: &str, min_length: usize) -> Result<(), PasswordError> {
    if password.chars().count() < min_length.max(1) {
        return Err(PasswordError::TooShort(min_length.max(1)));
    }
    if password.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    if secret::looks_like_app_password(password) {
        return Err(PasswordError::LooksLikeAppPassword);
    }
    Ok(())
}

/// Whether a new account can have the password.
pub fn check_for_new_account(password: &str, min_length: usize) -> Result<(), PasswordError> {
    if password.is_empty() { Err(PasswordError::Missing) } else { check(password, min_length) }
}

/// A random password of 20 characters, or `min_length` if that is more.
#[must_use]
pub fn generate(rng: &dyn Rng, min_length: usize) -> String {
    random_string(rng, ALPHANUMERIC, min_length.clamp(20, secret::APP_PASSWORD_LENGTH - 1))
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Hashes a password with a new salt. Slow on purpose.
///
/// # Panics
/// Never: the parameters are fixed and the salt has the right length.
#[must_use]
pub fn hash(password: &str, rng: &dyn Rng) -> String {
    let mut salt = [0_u8; 16];
    rng.fill(&mut salt);
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("fixed parameters and a salt of 16 bytes are valid").to_string()
}

/// A hash that no password matches.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$lkyYVJvvPZ7iYfBd/Ag1GlVCd4Xfk2YUH3gRhLLJ1Lo";

/// Whether `password` matches the hash. Slow on purpose, and as slow without a hash, so that the time does not reveal
/// whether an account exists.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    let known = hash.filter(|hash| !hash.is_empty());
    let Ok(parsed) = PasswordHash::new(known.unwrap_or(NOBODY)) else { return false };
    let right = password.len() <= MAX_BYTES && argon2().verify_password(password.as_bytes(), &parsed).is_ok();
    right && known.is_some()
}

/// Like [`verify`], but a password that does not match is also tried URL-decoded: Basic credentials have no rule for
/// characters outside ASCII, and some clients encode them so.
#[must_use]
pub fn verify_presented(password: &str, hash: Option<&str>) -> bool {
    verify(password, hash) || url_decoded(password).is_some_and(|decoded| verify(&decoded, hash))
}

/// The URL-decoded text, if it differs from `encoded`.
fn url_decoded(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    (decoded != encoded).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use plauder_model::rng::SeededRng;

    use super::*;

    #[test]
    fn a_hash_knows_its_password_only() {
        let rng = SeededRng::new(1);
        let stored = hash("Sesame-open-42", &rng);
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(stored, hash("Sesame-open-42", &rng), "each has its salt");
        assert!(verify("Sesame-open-42", Some(&stored)));
        for wrong in ["sesame-open-42", "", "Sesame-open-42 "] {
            assert!(!verify(wrong, Some(&stored)));
        }
        assert!(!verify("", None) && !verify("", Some("")) && !verify("x", Some("no hash")));
    }

    #[test]
    fn a_password_may_come_url_encoded() {
        let stored = hash("Grüße aus+Köln", &SeededRng::new(1));
        for presented in
            ["Grüße aus+Köln", "Gr%C3%BC%C3%9Fe+aus%2BK%C3%B6ln", "Gr%c3%bc%c3%9fe%20aus%2bK%c3%b6ln"]
        {
            assert!(verify_presented(presented, Some(&stored)), "{presented}");
        }
        let literal = hash("100%25", &SeededRng::new(2));
        assert!(verify_presented("100%25", Some(&literal)), "as it was sent comes first");
        assert!(!verify_presented("100%", Some(&literal)) && !verify_presented("%ff", Some(&stored)));
        assert!(!verify_presented("Gr%C3%BC%C3%9Fe+aus%2BK%C3%B6ln", None));
    }

    #[test]
    fn the_hash_that_no_password_matches_costs_as_much() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&parsed).unwrap();
        assert_eq!((params.m_cost(), params.t_cost()), (Params::DEFAULT.m_cost(), Params::DEFAULT.t_cost()));
    }

    #[test]
    fn passwords_have_a_minimum_and_a_maximum_length() {
        assert_eq!(check("seven77", 8), Err(PasswordError::TooShort(8)));
        assert_eq!(check("ächtächt", 8), Ok(()), "characters, not bytes");
        assert_eq!(check("", 0), Err(PasswordError::TooShort(1)));
        assert_eq!(check_for_new_account("", 8), Err(PasswordError::Missing));
        assert_eq!(check_for_new_account("seven77", 8), Err(PasswordError::TooShort(8)));
        assert_eq!(check(&"x".repeat(1025), 8), Err(PasswordError::TooLong));
        assert_eq!(check(&"x".repeat(72), 8), Err(PasswordError::LooksLikeAppPassword));
    }
}
