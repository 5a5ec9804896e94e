//! Whom a message mentions: placeholders in its text, and names for them.

use plauder_model::mention::{Candidate, Target, candidates};
use plauder_model::{AccountId, ConversationType, UserId};
use plauder_store::message_names::{Name, Named};
use plauder_store::messages::{Party, Who};
use plauder_store::{StoreError, Transaction, accounts, attendees};

use crate::access::{Access, Capability};

/// Somebody who is mentioned, and the placeholder that stands for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) placeholder: String,
    /// Who; of the kind `calls`: everybody.
    pub(crate) party: Party,
}

/// A text with placeholders, and whom they stand for.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) text: String,
    pub(crate) all: Vec<Mention>,
}

impl Mentions {
    /// Finds who is mentioned in `text`. Members of a conversation mention accounts without a seat too, though nobody tells
    /// those; whoever only came through its link does not get to know who else there is. Whoever is not known stays text.
    pub(crate) fn find(tx: &mut Transaction<'_>, access: &Access, text: &str) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut from = 0;
        for Candidate { range, targets } in candidates(text) {
            for target in targets {
                let Some((party, shorter)) = resolve(tx, access, &target)? else { continue };
                let placeholder = found.placeholder_for(party, text);
                found.text.push_str(&text[from..range.start]);
                found.text.extend(["{", &placeholder, "}"]);
                from = range.end - shorter;
                break;
            }
        }
        found.text.push_str(&text[from..]);
        Ok(found)
    }

    /// The placeholder for somebody: the one they have already, or a new one that nobody typed.
    fn placeholder_for(&mut self, party: Party, typed: &str) -> String {
        let same = |mention: &&Mention| {
            let known = &mention.party;
            (&known.kind, known.account, &known.id) == (&party.kind, party.account, &party.id)
        };
        if let Some(mention) = self.all.iter().find(same) {
            return mention.placeholder.clone();
        }
        let kind = match party.kind.as_str() {
            "users" => "user",
            "guests" => "guest",
            _ => "call",
        };
        let is_free = |placeholder: &String| {
            self.all.iter().all(|mention| mention.placeholder != *placeholder)
                && !typed.contains(&format!("{{{placeholder}}}"))
        };
        let mut names = (1..).map(|number| format!("mention-{kind}{number}"));
        let placeholder = names.find(is_free).unwrap_or_default();
        self.all.push(Mention { placeholder: placeholder.clone(), party });
        placeholder
    }

    /// The names to keep with the message.
    pub(crate) fn names(&self) -> Vec<Name<'_>> {
        self.all
            .iter()
            .map(|mention| Name { placeholder: mention.placeholder.clone(), who: named_by(&mention.party) })
            .collect()
    }

    /// The accounts that are mentioned by name.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.all.iter().filter_map(|mention| mention.party.account)
    }

    /// Whether everybody is mentioned.
    pub(crate) fn everybody(&self) -> bool {
        self.all.iter().any(|mention| mention.party.kind == "calls")
    }
}

fn named_by(party: &Party) -> Named<'_> {
    match party.account {
        Some(account) => Named::Somebody(Who::Account(account)),
        None if party.kind == "calls" => Named::Everybody,
        None => Named::Somebody(Who::Guest { id: &party.id }),
    }
}

/// Who is meant, and how many bytes of what was typed are not part of it.
fn resolve(
    tx: &mut Transaction<'_>,
    access: &Access,
    target: &Target,
) -> Result<Option<(Party, usize)>, StoreError> {
    let conversation = &access.conversation;
    Ok(match target {
        Target::All { .. } if conversation.kind == ConversationType::OneToOne => None,
        Target::All { shorter } => Some((party("calls", None, "all", ""), *shorter)),
        Target::Guest(id) => attendees::find_guest_by_actor(tx, conversation.id, id)?
            .map(|guest| (party("guests", None, &guest.actor_id, &guest.display_name), 0)),
        Target::Account { id, shorter } => {
            let Some(account) = accounts::find(tx, &UserId::key_of(id))? else { return Ok(None) };
            let is_hidden = !access.has(Capability::MentionNonMembers);
            if is_hidden && attendees::find(tx, conversation.id, account.id)?.is_none() {
                return Ok(None);
            }
            Some((party("users", Some(account.id), &account.user_id, &account.display_name), *shorter))
        }
    })
}

fn party(kind: &str, account: Option<AccountId>, id: &str, name: &str) -> Party {
    Party { kind: kind.to_owned(), account, id: id.to_owned(), name: name.to_owned(), deleted: false }
}
