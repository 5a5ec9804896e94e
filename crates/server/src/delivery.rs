//! Hands over messages to those who wait for them: what was committed is read once, written out once for all who read
//! the same, and given to each of them.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use plauder_live::AccessSnapshot;
use plauder_model::{AccountId, ConversationId, MessageId, Token};
use plauder_ocs::Prerendered;
use plauder_talk::chat::message::{MessageView, Place, Viewer};
use plauder_talk::chat::new_messages::{AccessVersion, NewMessages, Page, messages_since};
use plauder_talk::conversation::view::place;
use tokio::task::JoinSet;

use crate::App;
use crate::api::objects::message::Message;
use crate::cache::Cache;
use crate::metrics::CacheMetrics;

/// Who waits for messages on this node.
pub(crate) type Hub = plauder_live::Hub<Item, AccessVersion>;

/// How often conversations are forgotten that nobody waits for any more.
const TIDY_EVERY: Duration = Duration::from_secs(10);

/// How many conversations are read at the same time for those who wait.
const READERS: usize = 4;

/// A message as it is handed over.
pub(crate) struct Item {
    for_everybody: Arc<Prerendered<Message>>,
    /// For those who read of themselves in it: who did something, and to whom it was done.
    for_some: Vec<(AccountId, Arc<Prerendered<Message>>)>,
}

impl Item {
    /// Writes out a message of a page.
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
        let for_everybody = prerender(Viewer::Anybody)?;
        let mut for_some = Vec::new();
        if !message.system_message.is_empty() {
            let subject = message.subject.as_ref().and_then(|subject| subject.account);
            for account in [message.actor.account, subject].into_iter().flatten() {
                if for_some.iter().all(|(known, _)| *known != account) {
                    for_some.push((account, prerender(Viewer::Account(account))?));
                }
            }
        }
        Some(Self { for_everybody, for_some })
    }

    /// About how much memory it takes: what is written out, and once more the values that it was written from.
    fn bytes(&self) -> usize {
        let own = self.for_some.iter().map(|(_, prerender)| prerender.bytes()).sum::<usize>();
        2 * (own + self.for_everybody.bytes())
    }

    /// The message as somebody sees it.
    pub(crate) fn for_viewer(&self, viewer: Viewer) -> Arc<Prerendered<Message>> {
        let own = match viewer {
            Viewer::Account(account) => self.for_some.iter().find(|(who, _)| *who == account),
            Viewer::Anybody => None,
        };
        Arc::clone(own.map_or(&self.for_everybody, |(_, prerender)| prerender))
    }
}

/// A message that is written out. `None` cannot be: it would have a map whose keys are no texts.
pub(crate) fn prerender(view: MessageView) -> Option<Arc<Prerendered<Message>>> {
    match Prerendered::new(Message::from(view)) {
        Ok(prerender) => Some(Arc::new(prerender)),
        Err(error) => {
            tracing::error!(%error, "a message cannot be written out");
            None
        }
    }
}

/// Which conversations tokens name, so that a client which waits is on watch before the store is read. A conversation
/// keeps its token, so that an entry never expires.
pub(crate) struct KnownTokens(Cache<Token, ConversationId>);

impl KnownTokens {
    /// An empty cache of at most `capacity` tokens.
    pub(crate) fn new(capacity: usize, metrics: CacheMetrics) -> Self {
        Self(Cache::new(capacity, metrics))
    }

    pub(crate) fn find(&self, token: &Token) -> Option<ConversationId> {
        self.0.get(token, |_| true)
    }

    pub(crate) fn insert(&self, token: &Token, id: ConversationId) {
        self.0.insert(token.clone(), id);
    }

    /// Brings the metric of how many entries there are up to date.
    pub(crate) fn measure(&self) {
        self.0.measure();
    }
}

/// Reads what was committed for those who wait, until the server is told to stop.
pub async fn run(app: App) {
    let queue = app.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut queue) = queue else { return };
    let mut readers = JoinSet::new();
    let mut tidying = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = app.stopped() => {
                app.hub.wake();
                break;
            }
            Some(id) = queue.recv(), if readers.len() < READERS => drop(readers.spawn(refresh(app.clone(), id))),
            Some(ended) = readers.join_next(), if !readers.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "reading for those who wait ended early");
                }
            }
            _ = tidying.tick() => {
                app.hub.tidy();
                app.recent_access.remove_expired(app.clock.now());
            }
        }
    }
}

/// Reads what is new in a conversation and hands it over.
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
            tracing::error!(%error, "cannot read what somebody waits for");
            refresh.abandon();
        }
    }
}
