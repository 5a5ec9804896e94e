//! The mentions of a message: placeholders in its text, and what they stand for.

use plauder_model::mention::{Candidate, CandidateTarget, candidates};
use plauder_model::{AccountId, ConversationType, UserId};
use plauder_store::message_names::{MentionTarget, NewMention};
use plauder_store::{StoreError, Transaction, accounts, attendees};

use crate::access::{Access, Capability};

/// A text with placeholders, and what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) text: String,
    pub(crate) all: Vec<NewMention>,
}

impl Mentions {
    /// Finds the mentions in `text`. A member may mention an account that is not in the conversation, which is not
    /// notified; a self-joined account or a guest may not, so that they learn of no other accounts. An unknown id stays
    /// text.
    pub(crate) fn find(tx: &mut Transaction<'_>, access: &Access, text: &str) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut from = 0;
        for Candidate { range, targets } in candidates(text) {
            for target in targets {
                let Some((target, shorter)) = resolve(tx, access, &target)? else { continue };
                let placeholder = found.placeholder_for(target, text);
                found.text.push_str(&text[from..range.start]);
                found.text.extend(["{", &placeholder, "}"]);
                from = range.end - shorter;
                break;
            }
        }
        found.text.push_str(&text[from..]);
        Ok(found)
    }

    /// The placeholder of a target: the one that it has already, or a new one that is not in the typed text.
    fn placeholder_for(&mut self, target: MentionTarget, typed: &str) -> String {
        if let Some(mention) = self.all.iter().find(|mention| mention.target == target) {
            return mention.placeholder.clone();
        }
        let kind = target.kind().placeholder_word();
        let is_free = |placeholder: &String| {
            self.all.iter().all(|mention| mention.placeholder != *placeholder)
                && !typed.contains(&format!("{{{placeholder}}}"))
        };
        let mut names = (1..).map(|number| format!("mention-{kind}{number}"));
        let placeholder = names.find(is_free).unwrap_or_default();
        self.all.push(NewMention { placeholder: placeholder.clone(), target });
        placeholder
    }

    /// The accounts that are mentioned by name.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.all.iter().filter_map(|mention| mention.target.account())
    }

    /// Whether the whole conversation is mentioned (`@all`).
    pub(crate) fn everybody(&self) -> bool {
        self.all.iter().any(|mention| mention.target == MentionTarget::Everybody)
    }
}

/// The target of a mention, and how many bytes at the end of the typed text are not part of it.
fn resolve(
    tx: &mut Transaction<'_>,
    access: &Access,
    target: &CandidateTarget,
) -> Result<Option<(MentionTarget, usize)>, StoreError> {
    let conversation = &access.conversation;
    Ok(match target {
        CandidateTarget::All { .. } if conversation.kind == ConversationType::OneToOne => None,
        CandidateTarget::All { shorter } => Some((MentionTarget::Everybody, *shorter)),
        CandidateTarget::Guest(id) => attendees::find_guest_by_actor(tx, conversation.id, id)?
            .map(|guest| (MentionTarget::Guest(guest.actor_id), 0)),
        CandidateTarget::Account { id, shorter } => {
            let Some(account) = accounts::find(tx, &UserId::key_of(id))? else { return Ok(None) };
            let is_hidden = !access.has(Capability::MentionNonMembers);
            if is_hidden && attendees::find(tx, conversation.id, account.id)?.is_none() {
                return Ok(None);
            }
            Some((MentionTarget::Account(account.id), *shorter))
        }
    })
}
