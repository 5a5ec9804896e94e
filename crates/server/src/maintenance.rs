//! Does what has to happen though nobody asks for it, as long as the server runs.

use std::time::Duration;

use plauder_talk::maintenance::{Task, list_due, run_task};

use crate::App;

/// How long it is looked for between two times: short enough for a lobby to open within a second.
const PAUSE: Duration = Duration::from_millis(500);

/// The same after something was found and done.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// Looks for what has to be done, and does it, until the server is told to stop.
pub async fn run(app: App) {
    while !app.is_stopping() {
        let is_more = match app.database.read(list_due).await {
            Ok(found) => {
                let mut all_done = !found.is_empty();
                for one in found {
                    all_done &= do_one(&app, one).await;
                }
                all_done
            }
            Err(error) => {
                tracing::error!(%error, "cannot look for what has to be done");
                false
            }
        };
        // What was found may have been a part of it.
        app.wait(if is_more { RETRY_PAUSE } else { PAUSE }).await;
    }
}

/// Whether it could be done.
async fn do_one(app: &App, one: Task) -> bool {
    let done = app.database.write(move |tx| run_task(tx, &one)).await;
    if let Err(error) = &done {
        tracing::error!(%error, "cannot do what has to be done");
    }
    done.is_ok()
}
