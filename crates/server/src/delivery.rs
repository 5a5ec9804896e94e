//! Delivery of messages to waiting clients: a committed message is read once and rendered once for all clients that see
//! it alike.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use plauder_live::AccessSnapshot;
use plauder_model::{AccountId, ConversationId, MessageId};
use plauder_ocs::Prerendered;
use plauder_talk::chat::message::{MessageView, Place, Viewer};
use plauder_talk::chat::new_messages::{AccessVersion, NewMessages, Page, messages_since};
use plauder_talk::conversation::view::place;
use tokio::task::JoinSet;

use crate::App;
use crate::api::objects::message::Message;

/// The feeds for which clients of this node wait.
pub(crate) type Hub = plauder_live::Hub<Item, AccessVersion>;

/// How often unused feeds and expired entries are removed.
const TIDY_EVERY: Duration = Duration::from_secs(10);

/// The number of feeds that are refreshed at the same time.
const MAX_REFRESHES: usize = 4;

/// A rendered message.
pub(crate) struct Item {
    for_all: Arc<Prerendered<Message>>,
    /// The form for the accounts that a system message is about: its actor and its subject read "You …".
    for_accounts: Vec<(AccountId, Arc<Prerendered<Message>>)>,
}

impl Item {
    /// Renders a message of a page.
    fn render(
        app: &App,
        page: &Page,
        message: &plauder_store::messages::Message,
        place: &Place<'_>,
    ) -> Option<Self> {
        let prerender = |viewer: Viewer| {
            app.metrics.rendered.inc();
            prerender(page.view(message, place, viewer))
        };
        let for_all = prerender(Viewer::Anybody)?;
        let mut for_accounts = Vec::new();
        if !message.system_message.is_empty() {
            let subject = message.subject.as_ref().and_then(|subject| subject.account);
            for account in [message.actor.account, subject].into_iter().flatten() {
                if for_accounts.iter().all(|(rendered, _)| *rendered != account) {
                    for_accounts.push((account, prerender(Viewer::Account(account))?));
                }
            }
        }
        Some(Self { for_all, for_accounts })
    }

    /// About the memory that it takes: the JSON, and the same again for the values that it was rendered from.
    fn bytes(&self) -> usize {
        let own = self.for_accounts.iter().map(|(_, message)| message.bytes()).sum::<usize>();
        2 * (own + self.for_all.bytes())
    }

    /// The message in the form for `viewer`.
    pub(crate) fn for_viewer(&self, viewer: Viewer) -> Arc<Prerendered<Message>> {
        let own = match viewer {
            Viewer::Account(account) => self.for_accounts.iter().find(|(id, _)| *id == account),
            Viewer::Anybody => None,
        };
        Arc::clone(own.map_or(&self.for_all, |(_, message)| message))
    }
}

/// Renders a message. `None`, which is logged, would be a map whose keys are no texts.
pub(crate) fn prerender(view: MessageView) -> Option<Arc<Prerendered<Message>>> {
    match Prerendered::new(Message::from(view)) {
        Ok(message) => Some(Arc::new(message)),
        Err(error) => {
            tracing::error!(%error, "cannot render a message");
            None
        }
    }
}

/// Refreshes the feeds of changed conversations until the server is to stop.
pub async fn run(app: App) {
    let queue = app.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut queue) = queue else { return };
    let mut refreshes = JoinSet::new();
    let mut tidy = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = app.stopped() => {
                app.hub.wake();
                break;
            }
            Some(id) = queue.recv(), if refreshes.len() < MAX_REFRESHES => drop(refreshes.spawn(refresh(app.clone(), id))),
            Some(ended) = refreshes.join_next(), if !refreshes.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a refresh of a conversation's feed panicked");
                }
            }
            _ = tidy.tick() => {
                app.hub.tidy();
                app.recent_access.remove_expired(app.clock.now());
            }
        }
    }
}

/// Reads the new messages of a conversation and publishes them to its feed.
async fn refresh(app: App, id: ConversationId) {
    let Some(refresh) = app.hub.begin_refresh(id) else { return };
    let (after, attendees_removed) = (refresh.after(), refresh.attendees_removed());
    match app.database.read(move |tx| messages_since(tx, id, after, attendees_removed)).await {
        Ok(Some(NewMessages { conversation, access_version, attendees, page, last })) => {
            let place = place(&conversation);
            let rendered = page.messages().iter().map(|message| {
                let item = Item::render(&app, &page, message, &place)?;
                let bytes = item.bytes();
                Some((message.id, Arc::new(item), bytes))
            });
            let Some(items) = rendered.collect::<Option<Vec<(MessageId, Arc<Item>, usize)>>>() else {
                return refresh.abandon();
            };
            refresh.publish(
                AccessSnapshot {
                    access_version,
                    attendees_removed: conversation.attendees_removed,
                    attendees,
                },
                items,
                last,
            );
            if last < conversation.last_message {
                app.hub.mark_changed(id);
            }
        }
        Ok(None) => refresh.abandon(),
        Err(error) => {
            tracing::error!(%error, "cannot read the new messages of a conversation");
            refresh.abandon();
        }
    }
}
