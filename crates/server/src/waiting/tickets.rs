//! Who was let in a moment ago waits again without a look in the store: clients that got a message ask for the next one
//! at once, all of them.
//!
//! A ticket shows nobody anything that is not for them any more: what comes is handed over only to who was let in at the
//! numbers that were read with it, see [`plauder_live::Gate`], and for what came before they came back these numbers
//! are read again. It is worth something for a short while only, so that whoever lost
//! the right to wait is told so although nothing comes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use plauder_live::Pass;
use plauder_model::{ConversationId, MessageId, Timestamp, Token, session};
use plauder_talk::caller::Credentials;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::news::Admission;

/// How long a ticket is worth something, in seconds. A ping is kept only when somebody looks in the store, and only if the
/// last one is some time ago: that time, this one and the longest wait are together less than a session may live
/// without one.
const GOOD_FOR: Timestamp = session::ALIVE_SECONDS / 10;

/// How many are kept at the most.
const MOST: usize = 100_000;

/// Somebody who was let in to wait in a conversation.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) conversation: ConversationId,
    pub(super) viewer: Viewer,
    pub(super) pass: Pass<Admission>,
    /// Up to where they have read, as far as is known.
    pub(super) marker: MessageId,
    /// When it was found in the store that they may wait.
    pub(super) since: Timestamp,
}

/// The tickets of the last while, by what was shown and for which conversation.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<HashMap<(Credentials, Token), Ticket>>);

impl Tickets {
    fn lock(&self) -> MutexGuard<'_, HashMap<(Credentials, Token), Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ticket of whoever shows these credentials.
    pub(super) fn find(&self, credentials: &Credentials, token: &Token, now: Timestamp) -> Option<Ticket> {
        let key = (credentials.clone(), token.clone());
        self.lock().get(&key).filter(|ticket| is_good(ticket, now)).cloned()
    }

    /// Keeps a ticket, in place of an earlier one.
    pub(super) fn keep(&self, credentials: &Credentials, token: &Token, ticket: Ticket) {
        if *credentials == Credentials::None {
            return;
        }
        let mut tickets = self.lock();
        if tickets.len() >= MOST {
            tickets.retain(|_, kept| is_good(kept, ticket.since));
            if tickets.len() >= MOST {
                tickets.clear();
            }
        }
        tickets.insert((credentials.clone(), token.clone()), ticket);
    }

    /// Forgets the ticket of whoever shows these credentials.
    pub(crate) fn forget(&self, credentials: &Credentials, token: &Token) {
        self.lock().remove(&(credentials.clone(), token.clone()));
    }

    /// Forgets those that are worth nothing any more.
    pub(crate) fn tidy(&self, now: Timestamp) {
        let mut tickets = self.lock();
        tickets.retain(|_, ticket| is_good(ticket, now));
        if tickets.capacity() > 4 * tickets.len() {
            tickets.shrink_to_fit();
        }
    }
}

fn is_good(ticket: &Ticket, now: Timestamp) -> bool {
    (0..GOOD_FOR).contains(&(now - ticket.since))
}

#[cfg(test)]
mod tests {
    use plauder_model::AttendeeId;

    use super::*;

    fn credentials(secret: &str) -> Credentials {
        Credentials::Cookie { secret_hash: secret.to_owned() }
    }

    fn ticket(conversation: i64, since: Timestamp) -> Ticket {
        let pass = Pass { admission: Admission::default(), seats_gone: 0, seat: AttendeeId(1) };
        let conversation = ConversationId(conversation);
        Ticket { conversation, viewer: Viewer::Anybody, pass, marker: MessageId(0), since }
    }

    #[test]
    fn a_ticket_is_for_one_who_shows_the_same_and_for_a_while() {
        let (tickets, room) = (Tickets::default(), Token::parse("abcdefgh").unwrap());
        tickets.keep(&credentials("a"), &room, ticket(1, 1000));
        tickets.keep(&Credentials::None, &room, ticket(2, 1000));
        let found = |shown: &Credentials, room: &Token, now| {
            tickets.find(shown, room, now).map(|ticket| ticket.conversation.0)
        };
        assert_eq!(found(&credentials("a"), &room, 1000 + GOOD_FOR - 1), Some(1));
        assert_eq!(found(&credentials("a"), &room, 1000 + GOOD_FOR), None, "over");
        assert_eq!(found(&credentials("a"), &room, 999), None, "the clock was set back");
        assert_eq!(found(&credentials("b"), &room, 1000), None);
        assert_eq!(found(&credentials("a"), &Token::parse("abcdefgi").unwrap(), 1000), None);
        assert_eq!(found(&Credentials::None, &room, 1000), None, "nobody has a ticket");
        tickets.forget(&credentials("b"), &room);
        assert_eq!(found(&credentials("a"), &room, 1000), Some(1));
        tickets.forget(&credentials("a"), &room);
        assert_eq!(found(&credentials("a"), &room, 1000), None);
        tickets.keep(&credentials("a"), &room, ticket(1, 1000));
        tickets.tidy(1000 + GOOD_FOR);
        assert!(tickets.lock().is_empty());
    }
}
