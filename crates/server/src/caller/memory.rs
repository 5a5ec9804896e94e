//! A short memory of passwords that were right, so that a program which sends its password with every request does not
//! cost a slow hash each time.
//!
//! Neither passwords nor their plain hashes are kept: an answer is remembered under a keyed hash of account and
//! password, with a key that this process made up. What is remembered is only which stored hash the password was right
//! for; whether that is the account's still is looked up in the store with every request, so that a change of the
//! password ends it at once, on every node.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use plauder_model::{Chance, Timestamp};
use sha2::Sha256;

/// How many answers are remembered at the most.
const MOST: usize = 50_000;

/// Passwords that were right a short while ago.
pub(crate) struct Memory {
    key: Hmac<Sha256>,
    seconds: i64,
    answers: Mutex<HashMap<[u8; 32], Answer>>,
}

struct Answer {
    password_hash: String,
    until: Timestamp,
}

impl Memory {
    /// An empty memory that keeps each answer for so many seconds.
    pub(crate) fn new(chance: &dyn Chance, seconds: i64) -> Self {
        let mut key = [0; 64];
        chance.fill(&mut key);
        Self { key: Hmac::new(&key.into()), seconds, answers: Mutex::default() }
    }

    /// The stored hash that this password was right for.
    pub(crate) fn recall(&self, user_key: &str, password: &str, now: Timestamp) -> Option<String> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get(&self.name(user_key, password))?;
        (answer.until > now).then(|| answer.password_hash.clone())
    }

    /// Remembers that this password is right for that stored hash.
    pub(crate) fn remember(&self, user_key: &str, password: &str, password_hash: String, now: Timestamp) {
        if self.seconds <= 0 {
            return;
        }
        let name = self.name(user_key, password);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST {
            answers.retain(|_, answer| answer.until > now);
            if answers.len() >= MOST {
                answers.clear();
            }
        }
        answers.insert(name, Answer { password_hash, until: now + self.seconds });
    }

    /// Forgets an answer that turned out to be old.
    pub(crate) fn forget(&self, user_key: &str, password: &str) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.remove(&self.name(user_key, password));
    }

    fn name(&self, user_key: &str, password: &str) -> [u8; 32] {
        let mut name = self.key.clone();
        // The length tells where the one ends and the other begins.
        name.update(&user_key.len().to_le_bytes());
        name.update(user_key.as_bytes());
        name.update(password.as_bytes());
        name.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use plauder_model::chance::Sequence;

    use super::*;

    #[test]
    fn remembers_for_a_while() {
        let memory = Memory::new(&Sequence::new(1), 300);
        assert_eq!(memory.recall("alice", "pw", 1000), None);
        memory.remember("alice", "pw", "hash".into(), 1000);
        assert_eq!(memory.recall("alice", "pw", 1299).as_deref(), Some("hash"));
        assert_eq!(memory.recall("alice", "pw", 1300), None, "over");
        assert_eq!(memory.recall("alice", "PW", 1000), None);
        assert_eq!(memory.recall("alicep", "w", 1000), None);
        memory.forget("alice", "pw");
        assert_eq!(memory.recall("alice", "pw", 1000), None);
    }

    #[test]
    fn can_be_switched_off_and_does_not_grow_forever() {
        let off = Memory::new(&Sequence::new(1), 0);
        off.remember("alice", "pw", "hash".into(), 0);
        assert_eq!(off.recall("alice", "pw", 0), None);
        let memory = Memory::new(&Sequence::new(1), 300);
        for number in 0..=MOST {
            memory.remember("alice", &number.to_string(), String::new(), 0);
        }
        assert!(memory.answers.lock().unwrap().len() <= MOST);
    }
}
