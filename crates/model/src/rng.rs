//! Randomness, as it comes in from outside.

use std::sync::atomic::{AtomicU64, Ordering};

/// Where the program gets its random bytes. The binary wires in the system's secure source; tests use [`SeededRng`].
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// A word of `length` characters, each drawn with equal probability from `alphabet`.
///
/// # Panics
/// If `alphabet` is empty or has more than 256 characters.
pub fn random_string(rng: &dyn Rng, alphabet: &[u8], length: usize) -> String {
    assert!((1..=256).contains(&alphabet.len()), "an alphabet has 1 to 256 characters");
    // Bytes at and above the last whole multiple are thrown away: taking the remainder of those would favour the
    // first characters of the alphabet.
    let limit = 256 / alphabet.len() * alphabet.len();
    let mut word = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while word.len() < length {
        rng.fill(&mut bytes);
        for byte in bytes.iter().map(|&b| usize::from(b)).filter(|&b| b < limit) {
            if word.len() < length {
                word.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    word
}

/// `A`–`Z`, `a`–`z`, `0`–`9`: what secrets and session ids are made of.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The same bytes in every run: for tests, never for secrets.
#[derive(Debug, Default)]
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// The sequence that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // splitmix64: each step of the counter gives a well mixed word
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
    fn a_word_has_the_length_asked_for_and_only_the_alphabet() {
        let word = random_string(&SeededRng::new(7), b"abc", 500);
        assert_eq!(word.len(), 500);
        for letter in ['a', 'b', 'c'] {
            let share = word.matches(letter).count();
            assert!((100..240).contains(&share), "{letter} came {share} times of 500");
        }
        assert!(word.bytes().all(|b| b"abc".contains(&b)));
    }
}
