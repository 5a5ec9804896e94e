//! A request that waits for messages.

mod tickets;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use plauder_live::{Look, Pass, Watch};
use plauder_model::{ConversationId, MessageId, Token};
use plauder_ocs::{Failure, Ready, ReadyList};
use plauder_store::Transaction;
use plauder_talk::chat::attend::attend;
use plauder_talk::chat::history::Query;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::news::{Admission, Arrival, Duties, arrive, is_admission};
use plauder_talk::conversation::view::place;
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use self::tickets::RecentAccess;
pub(crate) use self::tickets::RecentAccessCache;
use crate::App;
use crate::api::ApiRequest;
use crate::api::chat::ReceiveMessages;
use crate::api::manners::Chat;
use crate::api::objects::message::Message;
use crate::delivery::{Item, ready};
use crate::error::ApiError;

const LAST_GIVEN: HeaderName = HeaderName::from_static("x-chat-last-given");

/// Messages, and the id of the last one; without any 304 and nothing else.
pub(crate) fn answer(messages: Vec<Arc<Ready<Message>>>) -> Response {
    let Some(last) = messages.last() else { return StatusCode::NOT_MODIFIED.into_response() };
    let last = HeaderValue::from(last.value().id().0);
    ReadyList::new(messages).with_header(LAST_GIVEN, last).into_response()
}

/// Somebody who wants to know what comes in a conversation.
pub(crate) struct Visit<'a> {
    pub(crate) app: &'a App,
    pub(crate) asker: &'a ApiRequest<ReceiveMessages, Chat>,
    pub(crate) token: Token,
    pub(crate) query: Query,
    /// Whether they have read what they know.
    pub(crate) mark_read: bool,
}

/// A watch on the conversation with this number.
type On = Option<(ConversationId, Watch<Item, Admission>)>;

/// What came of looking in the store.
enum In {
    /// Something is there already.
    Finds(Box<Response>),
    /// Nothing is, and what comes will not be missed.
    MayWait(RecentAccess),
    /// Nothing is; what came since may have been missed.
    LookAgain,
}

/// What came of waiting.
enum Come {
    /// Messages, and when the last of them was committed, if it came while they waited.
    Messages(Vec<Arc<Item>>, Option<Instant>),
    Nothing,
    LookAgain,
}

impl Visit<'_> {
    /// Answers what comes after the message that is known, the oldest first: at once where there is something, else when
    /// it comes, or after `time` with nothing.
    pub(crate) async fn wait(self, time: Duration) -> Result<Response, ApiError> {
        let Self { app, asker, token, query, .. } = &self;
        let until = Instant::now() + time;
        let mut on: On = app.known_tokens.find(token).map(|id| (id, app.hub.watch(id)));
        // Who does not wait wants to know what is there, and not what was told to those who wait.
        let mut kept = if time.is_zero() {
            None
        } else {
            app.recent_access.get(asker.credentials(), token, app.clock.now())
        };
        loop {
            // Both apart, so that whoever waits does not keep what is needed before.
            let came_back = match (kept.take(), &on) {
                (Some(ticket), Some((id, watch))) if *id == ticket.conversation => {
                    Box::pin(self.come_back(ticket, watch)).await?
                }
                _ => None,
            };
            let ticket = match came_back {
                Some(ticket) => ticket,
                None => match Box::pin(self.come_in(&mut on)).await? {
                    In::MayWait(_) | In::LookAgain if Instant::now() >= until => {
                        return Ok(answer(Vec::new()));
                    }
                    In::MayWait(ticket) => ticket,
                    In::LookAgain => continue,
                    In::Finds(answer) => return Ok(*answer),
                },
            };
            let Some((_, watch)) = &mut on else { continue };
            match self.until_something_comes(watch, &ticket, until).await? {
                Come::Messages(items, woken) => {
                    let most = usize::try_from(query.limit).unwrap_or_default();
                    let messages: Vec<_> =
                        items.iter().take(most).map(|item| item.for_viewer(ticket.viewer)).collect();
                    app.metrics.handed_over(messages.len(), woken.map(|committed| committed.elapsed()));
                    return Ok(answer(messages));
                }
                Come::Nothing => return Ok(answer(Vec::new())),
                Come::LookAgain => {}
            }
        }
    }

    /// The last message that they do not want.
    fn known(&self) -> MessageId {
        let last = self.query.last_known;
        if self.query.include_last_known { MessageId(last.0 - 1) } else { last }
    }

    /// Lets them look in the store, and lets those who wait know what they found.
    async fn come_in(&self, on: &mut On) -> Result<In, ApiError> {
        let Self { app, asker, token, .. } = self;
        // Before the look: it tells nothing if everything was given up after this.
        let generation = on.as_ref().map(|(_, watch)| watch.generation());
        let arrival = self.look().await?;
        let Arrival { conversation, viewer, admission, seat, marker, page, .. } = &arrival;
        let pass = Pass { admission: *admission, seats_gone: conversation.seats_gone, seat: *seat };
        let since = app.clock.now();
        let ticket =
            RecentAccess { conversation: conversation.id, viewer: *viewer, pass, marker: *marker, since };
        app.recent_access.insert(asker.credentials(), token, ticket.clone());
        // If the watch was on before they looked, nothing is missed; else it is from now on, and they look again.
        let was_on = on.as_ref().is_some_and(|(id, _)| *id == conversation.id);
        if !was_on {
            app.known_tokens.insert(token, conversation.id);
            *on = Some((conversation.id, app.hub.watch(conversation.id)));
        } else if let Some(((_, watch), generation)) = on.as_ref().zip(generation) {
            watch.know(generation, conversation.last_message, &ticket.pass);
        }
        Ok(if !page.messages().is_empty() {
            In::Finds(Box::new(what_is_there(&arrival)?))
        } else if was_on {
            In::MayWait(ticket)
        } else {
            In::LookAgain
        })
    }

    /// Looks in the store, and keeps that they were there.
    async fn look(&self) -> Result<Arrival, ApiError> {
        let (token, query, mark_read) = (self.token.clone(), self.query, self.mark_read);
        let arrive =
            self.asker.read(move |tx, visitor, _| arrive(tx, &visitor.caller, &token, query, mark_read));
        let arrival = arrive.await?;
        if !arrival.duties.are_none() {
            let duties = arrival.duties;
            self.app.database.write(move |tx| attend(tx, &duties)).await?;
        }
        Ok(arrival)
    }

    /// Lets them wait again with a ticket, and keeps how far they have read. `None`: they have to look in the store.
    async fn come_back(
        &self,
        mut ticket: RecentAccess,
        watch: &Watch<Item, Admission>,
    ) -> Result<Option<RecentAccess>, ApiError> {
        let Self { app, asker, token, query, mark_read } = self;
        match watch.look(self.known(), &ticket.pass) {
            Look::Nothing => {}
            Look::Yourself => return Ok(None),
            Look::Messages(..) => {
                // They are not for who lost the right to see them since, whether anything came after that or not.
                let (conversation, pass) = (ticket.conversation, ticket.pass.clone());
                let still = move |tx: &mut Transaction<'_>| {
                    is_admission(tx, conversation, &pass.admission, pass.seats_gone)
                };
                if !app.database.read(still).await? {
                    return Ok(None);
                }
            }
        }
        let read = watch.last().filter(|_| *mark_read).map(|last| query.last_known.min(last));
        if let Some(read) = read.filter(|read| ticket.viewer != Viewer::Anybody && *read > ticket.marker) {
            let (conversation, seat) = (ticket.conversation, ticket.pass.seat);
            let duties = Duties { conversation, seat, ping: false, marker: Some(read) };
            app.database.write(move |tx| attend(tx, &duties)).await?;
            ticket.marker = read;
            app.recent_access.insert(asker.credentials(), token, ticket.clone());
        }
        Ok(Some(ticket))
    }

    async fn until_something_comes(
        &self,
        watch: &mut Watch<Item, Admission>,
        ticket: &RecentAccess,
        until: Instant,
    ) -> Result<Come, ApiError> {
        let Self { app, asker, .. } = self;
        let _counted = Waiting::begin(&app.metrics.waiting);
        let mut guest = None;
        let mut waited = false;
        loop {
            match watch.look(self.known(), &ticket.pass) {
                Look::Messages(items, committed) => {
                    return Ok(Come::Messages(items, waited.then_some(committed)));
                }
                Look::Yourself => return Ok(Come::LookAgain),
                Look::Nothing => {}
            }
            if ticket.viewer == Viewer::Anybody && guest.is_none() {
                guest = Some(app.guests.wait(asker.address())?);
            }
            // When the server is told to stop, everybody who waits is woken.
            if app.is_stopping() || tokio::time::timeout_at(until, watch.changed()).await.is_err() {
                return Ok(Come::Nothing);
            }
            waited = true;
        }
    }
}

/// Answers what somebody found when they looked in the store.
fn what_is_there(arrival: &Arrival) -> Result<Response, ApiError> {
    let place = place(&arrival.conversation);
    let page = &arrival.page;
    let views = page.messages().iter().map(|message| page.view(message, &place, arrival.viewer));
    let messages: Option<Vec<_>> = views.map(ready).collect();
    Ok(answer(messages.ok_or_else(Failure::internal)?))
}

/// Counts a request among those that wait, until it is dropped.
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
