//! Random numbers. The source is passed in, so that tests are deterministic.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes. The program uses the operating system's secure source; tests use [`SeededRng`].
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Returns a string of `length` characters, each drawn with equal probability from `alphabet`.
///
/// # Panics
/// If `alphabet` is empty or has more than 256 characters.
pub fn random_string(rng: &dyn Rng, alphabet: &[u8], length: usize) -> String {
    assert!((1..=256).contains(&alphabet.len()), "an alphabet has 1 to 256 characters");
    // Bytes from the last whole multiple of the alphabet's length on are discarded: their remainders would favour the
    // first characters of the alphabet.
    let limit = 256 / alphabet.len() * alphabet.len();
    let mut string = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while string.len() < length {
        rng.fill(&mut bytes);
        for byte in bytes.iter().map(|&b| usize::from(b)).filter(|&b| b < limit) {
            if string.len() < length {
                string.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    string
}

/// `A`–`Z`, `a`–`z`, `0`–`9`: the alphabet of secrets and session ids.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A generator that returns the same bytes in every run. Only for tests, never for secrets.
#[derive(Debug, Default)]
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// Creates a generator from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // splitmix64
            let mut word = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_string_has_the_requested_length_and_only_characters_of_the_alphabet() {
        let string = random_string(&SeededRng::new(7), b"abc", 500);
        assert_eq!(string.len(), 500);
        for letter in ['a', 'b', 'c'] {
            let count = string.matches(letter).count();
            assert!((100..240).contains(&count), "{letter} is {count} of 500 characters");
        }
        assert!(string.bytes().all(|b| b"abc".contains(&b)));
    }
}
