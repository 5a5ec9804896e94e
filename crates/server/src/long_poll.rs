//! Long polls: requests that wait for messages.

mod recent_access;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use plauder_live::{Poll, ReaderAccess, Subscription};
use plauder_model::{ConversationId, MessageId, Token};
use plauder_ocs::{Failure, Prerendered, PrerenderedList};
use plauder_store::{StoreError, Transaction};
use plauder_talk::chat::history::Query;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::new_messages::{
    AccessVersion, FirstRead, PresenceUpdate, is_current_access, read_first,
};
use plauder_talk::chat::record_presence::record_presence;
use plauder_talk::conversation::view::place;
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use self::recent_access::RecentAccess;
pub(crate) use self::recent_access::RecentAccessCache;
use crate::App;
use crate::api::ApiRequest;
use crate::api::chat::ReceiveMessages;
use crate::api::manners::Chat;
use crate::api::objects::message::Message;
use crate::delivery::{Item, prerender};
use crate::error::ApiError;

const LAST_GIVEN: HeaderName = HeaderName::from_static("x-chat-last-given");

/// Answers with messages and the id of the last one. Without messages: 304.
pub(crate) fn answer(messages: Vec<Arc<Prerendered<Message>>>) -> Response {
    let Some(last) = messages.last() else { return StatusCode::NOT_MODIFIED.into_response() };
    let last = HeaderValue::from(last.value().id().0);
    PrerenderedList::new(messages).with_header(LAST_GIVEN, last).into_response()
}

/// A request for the messages after the last one that the client knows.
pub(crate) struct LongPoll<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest<ReceiveMessages, Chat>,
    pub(crate) token: Token,
    pub(crate) query: Query,
    /// Whether the client has read the messages that it knows.
    pub(crate) mark_read: bool,
}

/// A subscription to the conversation with this id.
type Subscribed = Option<(ConversationId, Subscription<Item, AccessVersion>)>;

/// The result of reading the store.
enum Lookup {
    /// There are messages.
    Found(Box<Response>),
    /// There are none, and the subscription began before the read: no later message is missed.
    MayWait(RecentAccess),
    /// There are none, but the subscription began after the read: messages may have been missed.
    Retry,
}

/// The result of waiting.
enum Wake {
    /// Messages, and the time at which the last of them was committed if the request has waited for it.
    Messages(Vec<Arc<Item>>, Option<Instant>),
    Timeout,
    Retry,
}

impl LongPoll<'_> {
    /// Answers with the messages after the last known one, the oldest first: at once if there are any, otherwise as
    /// soon as one is committed. After `time` the answer is empty.
    pub(crate) async fn wait(self, time: Duration) -> Result<Response, ApiError> {
        let Self { app, request, token, query, .. } = &self;
        let until = Instant::now() + time;
        let mut subscribed: Subscribed = app.known_tokens.find(token).map(|id| (id, app.hub.subscribe(id)));
        // A request that does not wait asks for the state of the store, not of the feed.
        let mut previous = if time.is_zero() {
            None
        } else {
            app.recent_access.get(request.credentials(), token, app.clock.now())
        };
        loop {
            // Both futures are boxed, so that a waiting request does not keep their memory.
            let resumed = match (previous.take(), &subscribed) {
                (Some(recent_access), Some((id, subscription))) if *id == recent_access.conversation => {
                    Box::pin(self.resume(recent_access, subscription)).await?
                }
                _ => None,
            };
            let recent_access = match resumed {
                Some(recent_access) => recent_access,
                None => match Box::pin(self.look_up(&mut subscribed)).await? {
                    Lookup::MayWait(_) | Lookup::Retry if Instant::now() >= until => {
                        return Ok(answer(Vec::new()));
                    }
                    Lookup::MayWait(recent_access) => recent_access,
                    Lookup::Retry => continue,
                    Lookup::Found(answer) => return Ok(*answer),
                },
            };
            let Some((_, subscription)) = &mut subscribed else { continue };
            match self.wait_for_event(subscription, &recent_access, until).await? {
                Wake::Messages(items, woken) => {
                    let max = usize::try_from(query.limit).unwrap_or_default();
                    let messages: Vec<_> =
                        items.iter().take(max).map(|item| item.for_viewer(recent_access.viewer)).collect();
                    app.metrics.count_delivered(messages.len(), woken.map(|committed| committed.elapsed()));
                    return Ok(answer(messages));
                }
                Wake::Timeout => return Ok(answer(Vec::new())),
                Wake::Retry => {}
            }
        }
    }

    /// The message after which the request asks for messages.
    fn known(&self) -> MessageId {
        let last = self.query.last_known;
        if self.query.include_last_known { MessageId(last.0 - 1) } else { last }
    }

    /// Reads the store and seeds the feed with the result.
    async fn look_up(&self, subscribed: &mut Subscribed) -> Result<Lookup, ApiError> {
        let Self { app, request, token, .. } = self;
        let pending = subscribed.as_ref().map(|(_, subscription)| subscription.begin_read());
        let first_read = self.read_first().await?;
        let FirstRead { conversation, viewer, access_version, attendee, marker, page, .. } = &first_read;
        let access = ReaderAccess {
            access_version: *access_version,
            attendees_removed: conversation.attendees_removed,
            attendee: *attendee,
        };
        let read_at = app.clock.now();
        let recent_access =
            RecentAccess { conversation: conversation.id, viewer: *viewer, access, marker: *marker, read_at };
        app.recent_access.insert(request.credentials(), token, recent_access.clone());
        // A subscription that began before the read misses nothing. Otherwise it begins now, and the store is read
        // again.
        let was_subscribed = subscribed.as_ref().is_some_and(|(id, _)| *id == conversation.id);
        if !was_subscribed {
            app.known_tokens.insert(token, conversation.id);
            *subscribed = Some((conversation.id, app.hub.subscribe(conversation.id)));
        } else if let Some(pending) = pending {
            pending.seed(conversation.last_message, &recent_access.access);
        }
        Ok(if !page.messages().is_empty() {
            Lookup::Found(Box::new(render_first_page(&first_read)?))
        } else if was_subscribed {
            Lookup::MayWait(recent_access)
        } else {
            Lookup::Retry
        })
    }

    /// Reads the store and records the client's presence.
    async fn read_first(&self) -> Result<FirstRead, ApiError> {
        let (token, query, mark_read) = (self.token.clone(), self.query, self.mark_read);
        let read_first = self
            .request
            .read(move |tx, principal, _| read_first(tx, &principal.caller, &token, query, mark_read));
        let first_read = read_first.await?;
        if !first_read.presence.is_empty() {
            let presence = first_read.presence;
            self.app.database.write(move |tx| record_presence(tx, &presence)).await?;
        }
        Ok(first_read)
    }

    /// Lets a client that was admitted recently wait without reading the store, and records its read marker. `None` if
    /// the store has to be read.
    async fn resume(
        &self,
        mut recent_access: RecentAccess,
        subscription: &Subscription<Item, AccessVersion>,
    ) -> Result<Option<RecentAccess>, ApiError> {
        let Self { app, request, token, query, mark_read } = self;
        match subscription.poll(self.known(), &recent_access.access) {
            Poll::Pending => {}
            Poll::AskStore => return Ok(None),
            Poll::Messages(..) => {
                // The client may have lost its access since it was admitted.
                let (conversation, access) = (recent_access.conversation, recent_access.access.clone());
                let is_current = move |tx: &mut Transaction<'_>| {
                    is_current_access(tx, conversation, &access.access_version, access.attendees_removed)
                };
                if !app.database.read(is_current).await? {
                    return Ok(None);
                }
            }
        }
        let read = subscription.last().filter(|_| *mark_read).map(|last| query.last_known.min(last));
        if let Some(read) =
            read.filter(|read| recent_access.viewer != Viewer::Anybody && *read > recent_access.marker)
        {
            let (conversation, attendee) = (recent_access.conversation, recent_access.access.attendee);
            let presence = PresenceUpdate { conversation, attendee, ping: false, marker: Some(read) };
            let access = recent_access.access.clone();
            let record = move |tx: &mut Transaction<'_>| {
                let (version, removed) = (&access.access_version, access.attendees_removed);
                let is_current = is_current_access(tx, conversation, version, removed)?;
                if is_current {
                    record_presence(tx, &presence)?;
                }
                Ok::<_, StoreError>(is_current)
            };
            if !app.database.write(record).await? {
                return Ok(None);
            }
            recent_access.marker = read;
            app.recent_access.insert(request.credentials(), token, recent_access.clone());
        }
        Ok(Some(recent_access))
    }

    async fn wait_for_event(
        &self,
        subscription: &mut Subscription<Item, AccessVersion>,
        recent_access: &RecentAccess,
        until: Instant,
    ) -> Result<Wake, ApiError> {
        let Self { app, request, .. } = self;
        let _counted = Waiting::begin(&app.metrics.waiting);
        let mut guest = None;
        let mut waited = false;
        loop {
            match subscription.poll(self.known(), &recent_access.access) {
                Poll::Messages(items, committed) => {
                    return Ok(Wake::Messages(items, waited.then_some(committed)));
                }
                Poll::AskStore => return Ok(Wake::Retry),
                Poll::Pending => {}
            }
            if recent_access.viewer == Viewer::Anybody && guest.is_none() {
                guest = Some(app.guest_limiter.wait(request.address())?);
            }
            // When the server stops, it wakes all waiting requests.
            if app.is_stopping() || tokio::time::timeout_at(until, subscription.changed()).await.is_err() {
                return Ok(Wake::Timeout);
            }
            waited = true;
        }
    }
}

/// Answers with the messages that were read in the store.
fn render_first_page(first_read: &FirstRead) -> Result<Response, ApiError> {
    let place = place(&first_read.conversation);
    let page = &first_read.page;
    let views = page.messages().iter().map(|message| page.view(message, &place, first_read.viewer));
    let messages: Option<Vec<_>> = views.map(prerender).collect();
    Ok(answer(messages.ok_or_else(Failure::internal)?))
}

/// A waiting request in the metrics. It is counted until it is dropped.
struct Waiting<'a>(&'a Gauge);

impl<'a> Waiting<'a> {
    fn begin(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
