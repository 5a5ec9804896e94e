//! A request that waits for messages.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use plauder_live::{Look, Pass, Watch};
use plauder_model::{ConversationId, MessageId, Token};
use plauder_ocs::{Failure, Ready, ReadyList};
use plauder_talk::chat::attend::attend;
use plauder_talk::chat::history::Query;
use plauder_talk::chat::message::Viewer;
use plauder_talk::chat::news::{Admission, Arrival, arrive};
use plauder_talk::conversation::view::place;
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use crate::App;
use crate::caller::{Asker, Talk};
use crate::delivery::{Item, ready};
use crate::error::ApiError;
use crate::representation::message::Message;

const LAST_GIVEN: HeaderName = HeaderName::from_static("x-chat-last-given");

/// Messages, and the id of the last one; without any 304 and nothing else.
pub(crate) fn answer(messages: Vec<Arc<Ready<Message>>>) -> Response {
    let Some(last) = messages.last() else { return StatusCode::NOT_MODIFIED.into_response() };
    let last = HeaderValue::from(last.value().id().0);
    ReadyList::new(messages).with_header(LAST_GIVEN, last).into_response()
}

/// Answers what comes after the message that is known, the oldest first: at once where there is something, else when it
/// comes, or after `time` with nothing.
pub(crate) async fn wait(
    app: &App,
    asker: &Asker<Talk>,
    token: Token,
    query: Query,
    mark_read: bool,
    time: Duration,
) -> Result<Response, ApiError> {
    let until = Instant::now() + time;
    let known = if query.include_last_known { MessageId(query.last_known.0 - 1) } else { query.last_known };
    let mut watch = app.known_tokens.find(&token).map(|id| (id, app.hub.watch(id)));
    let mut guest = None;
    loop {
        let arrival = look(app, asker, &token, query, mark_read).await?;
        let Arrival { conversation, viewer, admission, seat, page, .. } = arrival;
        if !page.messages().is_empty() {
            let place = place(&conversation);
            let views = page.messages().iter().map(|message| page.view(message, &place, viewer));
            let messages: Option<Vec<_>> = views.map(ready).collect();
            return Ok(answer(messages.ok_or_else(Failure::internal)?));
        }
        if Instant::now() >= until {
            return Ok(answer(Vec::new()));
        }
        let on_watch = on_watch(app, &token, conversation.id, &mut watch);
        let Some(on_watch) = on_watch else { continue };
        if matches!(viewer, Viewer::Anybody) && guest.is_none() {
            guest = Some(app.guests.wait(asker.address())?);
        }
        let pass = Pass { admission, seats_gone: conversation.seats_gone, seat };
        on_watch.know(conversation.last_message, &pass);
        match until_something_comes(app, on_watch, known, &pass, until).await {
            Come::Messages(items, committed) => {
                let most = usize::try_from(query.limit).unwrap_or_default();
                let messages: Vec<_> = items.iter().take(most).map(|item| item.for_viewer(viewer)).collect();
                app.metrics.handed_over(messages.len(), committed.elapsed());
                return Ok(answer(messages));
            }
            Come::Nothing => return Ok(answer(Vec::new())),
            Come::LookAgain => {}
        }
    }
}

/// Looks in the store, and keeps that somebody was there.
async fn look(
    app: &App,
    asker: &Asker<Talk>,
    token: &Token,
    query: Query,
    mark_read: bool,
) -> Result<Arrival, ApiError> {
    let wanted = token.clone();
    let arrival =
        asker.read(move |tx, visitor| arrive(tx, &visitor.caller, &wanted, query, mark_read)).await?;
    if !arrival.duties.are_none() {
        let duties = arrival.duties;
        app.database.write(move |tx| attend(tx, &duties)).await?;
    }
    Ok(arrival)
}

/// The watch for a conversation, if it was on before somebody looked in the store; else it is from now on, and they have
/// to look again.
fn on_watch<'a>(
    app: &App,
    token: &Token,
    id: ConversationId,
    watch: &'a mut Option<(ConversationId, Watch<Item, Admission>)>,
) -> Option<&'a mut Watch<Item, Admission>> {
    let was_on = watch.as_ref().is_some_and(|(watched, _)| *watched == id);
    if !was_on {
        app.known_tokens.insert(token, id);
        *watch = Some((id, app.hub.watch(id)));
    }
    watch.as_mut().filter(|_| was_on).map(|(_, watch)| watch)
}

/// What came of waiting.
enum Come {
    Messages(Vec<Arc<Item>>, Instant),
    Nothing,
    LookAgain,
}

async fn until_something_comes(
    app: &App,
    watch: &mut Watch<Item, Admission>,
    known: MessageId,
    pass: &Pass<Admission>,
    until: Instant,
) -> Come {
    let _counted = Waiting::begin(&app.metrics.waiting);
    loop {
        match watch.look(known, pass) {
            Look::Messages(items, committed) => return Come::Messages(items, committed),
            Look::Yourself => return Come::LookAgain,
            Look::Nothing => {}
        }
        tokio::select! {
            () = watch.changed() => {}
            () = tokio::time::sleep_until(until) => return Come::Nothing,
            () = app.stopped() => return Come::Nothing,
        }
    }
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
