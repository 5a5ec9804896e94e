//! Runs due tasks that no request triggers, such as lobbies that open at a set time.

use std::time::Duration;

use plauder_talk::maintenance::{Task, list_due, run_task};

use crate::App;

/// The polling interval: short enough for a lobby to open within a second.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The pause after a batch of tasks, because a batch may be only a part of the due work.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// Runs due tasks until the server is to stop.
pub async fn run(app: App) {
    while !app.is_stopping() {
        let is_more = match app.database.read(list_due).await {
            Ok(tasks) => {
                let mut is_more = !tasks.is_empty();
                for task in tasks {
                    is_more &= run_one(&app, task).await;
                }
                is_more
            }
            Err(error) => {
                tracing::error!(%error, "cannot list the due tasks");
                false
            }
        };
        app.wait(if is_more { RETRY_PAUSE } else { POLL_INTERVAL }).await;
    }
}

/// Runs a task. Returns whether it succeeded.
async fn run_one(app: &App, task: Task) -> bool {
    let result = app.database.write(move |tx| run_task(tx, &task)).await;
    if let Err(error) = &result {
        tracing::error!(%error, "cannot run a due task");
    }
    result.is_ok()
}
