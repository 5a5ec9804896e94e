//! Does what has to happen though nobody asks for it, as long as the server runs.

use std::time::Duration;

use plauder_talk::upkeep::{Due, due, tend};

use crate::App;

/// How long it is looked for between two times: short enough for a lobby to open within a second.
const PAUSE: Duration = Duration::from_millis(500);

/// Looks for what has to be done, and does it, until the server is told to stop.
pub async fn run(app: App) {
    while !app.is_stopping() {
        match app.database.read(due).await {
            Ok(found) => {
                for one in found {
                    do_one(&app, one).await;
                }
            }
            Err(error) => tracing::error!(%error, "cannot look for what has to be done"),
        }
        app.wait(PAUSE).await;
    }
}

async fn do_one(app: &App, one: Due) {
    if let Err(error) = app.database.write(move |tx| tend(tx, &one)).await {
        tracing::error!(%error, "cannot do what has to be done");
    }
}
