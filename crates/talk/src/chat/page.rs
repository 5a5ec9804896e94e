//! Messages of one answer, with what is needed to render them.

use plauder_model::MessageId;
use plauder_store::conversations::Conversation;
use plauder_store::message_names::Mention;
use plauder_store::messages::Message;
use plauder_store::{StoreError, Transaction, message_names, messages};

use super::message::{MessageView, Parent, Place, Viewer};

/// Some messages of a conversation and their parents, with the names in both. A page is the same for all readers; a
/// [`MessageView`] is what one reader sees.
#[derive(Debug, Clone, Default)]
pub struct Page {
    messages: Vec<Message>,
    names: Vec<Mention>,
    parents: Vec<Message>,
    parent_names: Vec<Mention>,
}

impl Page {
    /// Loads the parents and names of `messages` of a conversation.
    pub(crate) fn load(
        tx: &mut Transaction<'_>,
        conversation: &Conversation,
        messages: Vec<Message>,
    ) -> Result<Self, StoreError> {
        let mut page = Self { messages, ..Self::default() };
        let ids = || page.messages.iter().map(|message| message.id);
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(page) };
        if page.messages.iter().any(|message| message.names > 0) {
            page.names = message_names::list_between(tx, conversation.id, first, last)?;
        }
        if page.messages.iter().any(|message| message.parent.is_some()) {
            page.parents = messages::list_parents(tx, conversation.id, first, last)?;
            if page.parents.iter().any(|parent| parent.names > 0) {
                page.parent_names = message_names::list_of_parents(tx, conversation.id, first, last)?;
            }
        }
        Ok(page)
    }

    /// The messages as they are stored, in the order in which they were loaded.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// One of the messages as `viewer` sees it.
    #[must_use]
    pub fn view(&self, message: &Message, place: &Place<'_>, viewer: Viewer) -> MessageView {
        let mut view = MessageView::new(message, place, viewer, mentions_of(&self.names, message.id));
        view.parent = message.parent.map(|id| match self.parents.iter().find(|parent| parent.id == id) {
            Some(parent) => {
                let names = mentions_of(&self.parent_names, id);
                Parent::Message(Box::new(MessageView::new(parent, place, viewer, names)))
            }
            None => Parent::Deleted(id),
        });
        view
    }
}

/// The names of one message, out of `names` of many, ordered by message.
pub(crate) fn mentions_of(names: &[Mention], id: MessageId) -> &[Mention] {
    let from = names.partition_point(|name| name.message < id);
    let to = names.partition_point(|name| name.message <= id);
    &names[from..to]
}
